#!/usr/bin/env bash
# keras 3.15.1: the groups of weights in a .keras file.
# One would guess:  the group layers/dense has the weights of the layer that is called dense.
# What happens:     groups are numbered by class in the order of the layers, whatever these are called: it has those of the
#                   first dense layer, here called dense_1.
# Output seen:      layers/dense/vars/0 (1, 3), layers/dense_1/vars/0 (3, 1)
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 jaxlib==0.10.2
cat >"$folder/seen.py" <<'PYTHON'
import io
import zipfile

import h5py
import keras

inputs = keras.Input((1,))
hidden = keras.layers.Dense(3, name="dense_1")(inputs)
keras.Model(inputs, keras.layers.Dense(1, name="dense")(hidden)).save("model.keras")
with zipfile.ZipFile("model.keras") as archive:
    weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
names = ("layers/dense/vars/0", "layers/dense_1/vars/0")
print(", ".join(f"{name} {weights[name].shape}" for name in names))
PYTHON
cd "$folder"
seen=$(KERAS_BACKEND=jax "$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "layers/dense/vars/0 (1, 3), layers/dense_1/vars/0 (3, 1)" ]
