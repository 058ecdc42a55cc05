#!/usr/bin/env bash
# tinygrad 0.14.0: tanh of a small float32 number.
# One would guess:  tanh(x) is x to seven digits where x is small, as in numpy, torch and jax.
# What happens:     it is computed as 2 sigmoid(2 x) - 1, so the digits of x cancel: tanh(1e-6) is 7 % too large, and the
#                   slope that is taken from it is as coarse.
# Output seen:      1e-06 1.0728836059570312e-06
#                   0.0001 0.00010001659393310547
# Exits with another status than 0 if that changes.  Runs on tinygrad's own Python device: no compiler is needed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tinygrad==0.14.0
seen=$(DEV=PYTHON "$folder/venv/bin/python" -c '
from tinygrad import Tensor
for x in (1e-6, 1e-4):
    print(x, Tensor([x]).tanh().item())
')
echo "$seen"
[ "$seen" = "1e-06 1.0728836059570312e-06
0.0001 0.00010001659393310547" ]
