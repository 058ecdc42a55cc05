"""Charts as rows of text, without a widget or a network."""
