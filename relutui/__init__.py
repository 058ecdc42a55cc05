"""relutui: see how ReLU units compose a curve, and train them step by step."""

import os

# Before numpy is imported: a thread for every core would cost its start a tenth of a second of processor time, and memory in
# every session of a classroom, for matrices too small to be shared out.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
