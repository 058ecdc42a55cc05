"""Charts as rows of text. Knows no widget and no network."""
