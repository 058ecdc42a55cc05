"""What each panel shows, computed from a Session: plain data, without widths, styles or layout."""
