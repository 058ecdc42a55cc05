"""Every command of the program as a value, by family; `contents.py` has them all."""
