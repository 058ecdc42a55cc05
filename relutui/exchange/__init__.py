"""Networks taken out into the files of other programs, and brought in from them."""
