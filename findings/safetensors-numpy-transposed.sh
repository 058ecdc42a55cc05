#!/usr/bin/env bash
# safetensors 0.8.0 with numpy 2.4.6 (the newest for Python 3.11): saving a transposed array.
# One would guess:  it comes back as it was, or is refused, as safetensors.torch refuses a tensor that is not contiguous.
# What happens:     the shape is that of the transposed array, the numbers are in the order of the memory: other values come
#                   back, without a word.  np.ascontiguousarray before saving mends it.
# Output seen:      saved [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] came back [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
seen=$("$folder/venv/bin/python" -c '
import numpy as np
from safetensors.numpy import load, save
w = np.arange(6.0).reshape(2, 3).T
print("saved", w.tolist(), "came back", load(save({"w": w}))["w"].tolist())
')
echo "$seen"
[ "$seen" = "saved [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] came back [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]" ]
