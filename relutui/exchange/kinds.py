"""The kinds of files of other programs, by the endings of their names."""

from pathlib import Path
from typing import Literal, get_args

Framework = Literal["numpy", "torch", "keras", "jax"]  # of a script

FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)

WRITTEN = {
    ".py": "a script that computes the predictions",
    ".npz": "the numbers, as arrays of numpy",
    ".safetensors": "the numbers, as tensors of PyTorch",
    ".onnx": "the network, for ONNX runtimes",
    ".csv": "z, a and v a of each unit at each point, and the prediction",
    ".loss.csv": "the loss curve: step and loss",
    ".svg": "the chart, as vectors",
    ".png": "the chart, as pixels",
    ".txt": "the screen",
}

READ = (".npz", ".safetensors", ".onnx", ".keras", ".h5")
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib")  # which may run code, and are refused


def ending_of(path: Path) -> str:
    """Return the ending of a name that says what is written: the longest of WRITTEN that it ends in, else its suffix."""
    return max((ending for ending in WRITTEN if path.name.endswith(ending)), key=len, default=path.suffix)


def framework_of(path: Path) -> Framework:
    """Return the framework of a script with this name: PyTorch for lab.torch.py and so on, numpy for others."""
    return next((each for each in FRAMEWORKS if path.name.endswith(f".{each}.py")), FRAMEWORKS[0])
