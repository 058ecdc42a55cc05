"""Code for any program, which knows no network: arrays, files, text, pacing and undo."""
