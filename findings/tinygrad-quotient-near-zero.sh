#!/usr/bin/env bash
# tinygrad 0.14.0: x / (1 + x) of a small float32 number.
# One would guess:  it is x to seven digits where x is small, as in numpy, torch and jax.
# What happens:     it is rewritten as 1 - 1 / (1 + x), so that the digits of x cancel: at 1e-7 it is 19 % too large.
# Output seen:      1e-07 1.1920928955078125e-07
#                   0.0001 0.00010001659393310547
# Exits with another status than 0 if that changes.  Runs on tinygrad's own Python device: no compiler is needed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tinygrad==0.14.0
seen=$(DEV=PYTHON "$folder/venv/bin/python" -c '
from tinygrad import Tensor
for x in (1e-7, 1e-4):
    tensor = Tensor([x])
    print(x, (tensor / (1 + tensor)).item())
')
echo "$seen"
[ "$seen" = "1e-07 1.1920928955078125e-07
0.0001 0.00010001659393310547" ]
