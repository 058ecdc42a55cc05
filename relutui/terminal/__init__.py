"""The terminal itself: its driver, what it sends, what it is sent, and leaving it in order."""
