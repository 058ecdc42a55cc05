"""The immutable state of the program, its edits, its tours and its journal."""
