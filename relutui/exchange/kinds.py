"""The kinds of files of other programs, by the endings of their names."""

WRITTEN = {
    ".py": "a script that computes the predictions",
    ".npz": "the numbers, as arrays of numpy",
    ".safetensors": "the numbers, as tensors of PyTorch",
    ".onnx": "the network, for ONNX runtimes",
    ".csv": "z, a and v a of each unit at each point, and the prediction",
    ".svg": "the chart, as vectors",
    ".png": "the chart, as pixels",
    ".txt": "the screen",
}

READ = (".npz", ".safetensors", ".onnx", ".keras", ".h5")
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib")  # which may run code, and are refused
