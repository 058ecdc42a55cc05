"""The contents of each panel as plain data computed from a Session, without widths, styles or layout."""
