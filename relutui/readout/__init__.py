"""What each panel shows, computed from a Session: plain data, without widths, styles of text or layout.

Most are named tuples: a dataclass takes the interpreter 1 to 2 ms to make, and start-up counts.
"""
