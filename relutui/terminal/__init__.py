"""The terminal: its driver, its input, the cells that are sent to it, and an orderly shutdown."""
