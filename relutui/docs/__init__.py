"""The manual: Markdown pages that ship in the wheel."""
