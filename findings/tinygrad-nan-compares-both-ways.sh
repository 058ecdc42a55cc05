#!/usr/bin/env bash
# tinygrad 0.14.0: comparisons with NaN, and relu of it.
# One would guess:  NaN >= 0 and NaN <= 0 are both false (IEEE 754, numpy, torch), and relu(NaN) is NaN (torch, jax).
# What happens:     a >= b is written as "not a < b", so both are true; and relu(NaN) is 0, so that a loss can be finite
#                   while a weight is not.
# Output seen:      NaN >= 0: True   NaN <= 0: True   relu(NaN): 0.0
# Exits with another status than 0 if that changes.  Runs on tinygrad's own Python device: no compiler is needed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tinygrad==0.14.0
seen=$(DEV=PYTHON "$folder/venv/bin/python" -c '
from tinygrad import Tensor
nan = Tensor([float("nan")])
print("NaN >= 0:", (nan >= 0).item(), "  NaN <= 0:", (nan <= 0).item(), "  relu(NaN):", nan.relu().item())
')
echo "$seen"
[ "$seen" = "NaN >= 0: True   NaN <= 0: True   relu(NaN): 0.0" ]
