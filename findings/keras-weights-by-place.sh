#!/usr/bin/env bash
# keras 3.15.1: load_weights of a .weights.h5 file into a model with the same names of layers.
# One would guess:  "first" of the file becomes "first" of the model; a file with a layer too many is refused.
# What happens:     layers are matched by their place among those of their class, whatever they are called: two of the same
#                   shape change places, and a layer that the model lacks is left out, both without a word.
# Output seen:      first is the file's first: False, the file's second: True; a layer too many: loaded
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 jaxlib==0.10.2
cat >"$folder/seen.py" <<'PYTHON'
import keras
import numpy as np
from keras import layers


def model(*names):
    start = end = keras.Input((3,))
    for name in names:
        end = layers.Dense(3, name=name)(end)
    return keras.Model(start, end)


saved = model("second", "first")
saved.save_weights("two.weights.h5")
loaded = model("first", "second")
loaded.load_weights("two.weights.h5")
by_name, by_place = (np.array_equal(loaded.get_layer("first").kernel, saved.get_layer(n).kernel) for n in ("first", "second"))
model("first", "second", "third").save_weights("three.weights.h5")
try:
    loaded.load_weights("three.weights.h5")
    more = "loaded"
except Exception:
    more = "refused"
print(f"first is the file's first: {by_name}, the file's second: {by_place}; a layer too many: {more}")
PYTHON
cd "$folder"
seen=$(KERAS_BACKEND=jax "$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "first is the file's first: False, the file's second: True; a layer too many: loaded" ]
