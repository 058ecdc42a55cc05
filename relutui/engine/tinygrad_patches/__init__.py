"""Every change to tinygrad 0.14.0, and every use of its private names."""
