#!/usr/bin/env bash
# keras 3.15.1: the slope of leaky_relu below 0.
# One would guess:  the layer LeakyReLU and activation="leaky_relu" are two spellings of one function.
# What happens:     the layer's slope is 0.3, the activation's 0.2, and the second stands in no configuration that is saved.
# Output seen:      layer 0.3, activation 0.2
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 jaxlib==0.10.2
cat >"$folder/seen.py" <<'PYTHON'
import numpy as np
from keras import layers

below = np.array([[-1.0]])
layer, activation = (-float(np.asarray(f(below))[0, 0]) for f in (layers.LeakyReLU(), layers.Activation("leaky_relu")))
print(f"layer {layer:.1f}, activation {activation:.1f}")
PYTHON
cd "$folder"
seen=$(KERAS_BACKEND=jax "$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "layer 0.3, activation 0.2" ]
