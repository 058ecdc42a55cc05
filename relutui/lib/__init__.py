"""What any program could use: arrays, files, text and undo. Knows no network."""
