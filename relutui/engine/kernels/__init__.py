"""The training kernels, as tinygrad expressions."""
