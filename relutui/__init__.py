"""relutui: see how ReLU units compose a curve, and train them step by step."""

__version__ = "0.1.0"
