"""The kinds of files of other programs, by the endings of their names."""

WRITTEN = {
    ".py": "a script that computes the predictions",
    ".npz": "the numbers, as arrays of numpy",
    ".safetensors": "the numbers, as tensors of PyTorch",
    ".onnx": "the network, for ONNX runtimes",
    ".csv": "z, a and v a of each unit at each point, and the prediction",
    ".svg": "the chart",
    ".txt": "the screen",
}
DRAWN = (".svg", ".txt")  # of a session, by the ui

READ = (".npz", ".safetensors", ".onnx", ".keras", ".h5")
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib")  # which may run code, and are refused
