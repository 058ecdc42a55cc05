"""`relutui bench`: what a training step costs here, beside what other libraries need for the same step."""
