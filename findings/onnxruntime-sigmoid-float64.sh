#!/usr/bin/env bash
# onnxruntime 1.32.0: Sigmoid of float64 numbers far below 0, on the CPU.
# One would guess:  it is e^x to sixteen digits there, as in numpy, torch and jax.
# What happens:     the steps of 2^-53 below 1 show in it: it is right to six digits at -25, 4 % too low at -36, and 0 from
#                   -37 on, where it is 9e-17.
# Output seen:      -25 1.38880019e-11 instead of 1.38879439e-11
#                   -36 2.22044605e-16 instead of 2.31952283e-16
#                   -37 0.00000000e+00 instead of 8.53304763e-17
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat >"$folder/seen.py" <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

x, y = (helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None]) for name in "xy")
graph = helper.make_graph([helper.make_node("Sigmoid", ["x"], ["y"])], "graph", [x], [y])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
places = np.array([-25.0, -36.0, -37.0])
for place, found in zip(places, session.run(None, {"x": places})[0]):
    print(f"{place:.0f} {found:.8e} instead of {1.0 / (1.0 + np.exp(-place)):.8e}")
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py)
echo "$seen"
[ "$seen" = "-25 1.38880019e-11 instead of 1.38879439e-11
-36 2.22044605e-16 instead of 2.31952283e-16
-37 0.00000000e+00 instead of 8.53304763e-17" ]
