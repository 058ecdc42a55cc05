#!/usr/bin/env bash
# jax 0.10.2 with jaxlib 0.10.2: w x + b under jit, in float64, on a CPU that has fused multiply-add.
# One would guess:  the product is rounded before b is added, as in numpy, so that 0.1 * 3 - (0.1 * 3) is 0.
# What happens:     both are one operation that rounds once, and what is left is the rounding error of the product: a step
#                   that jumps where w x + b > 0 may be on the other side of its jump there.
# Output seen:      numpy 0.0, jax -2.7755575615628914e-17
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6
cat >"$folder/seen.py" <<'PYTHON'
import jax
import numpy as np

w, x = np.float64(0.1), np.float64(3.0)
b = -(w * x)
print(f"numpy {w * x + b}, jax {jax.jit(lambda w, x, b: w * x + b)(w, x, b)}")
PYTHON
cd "$folder"
seen=$(JAX_ENABLE_X64=1 JAX_PLATFORMS=cpu "$folder/venv/bin/python" seen.py)
echo "$seen"
[ "$seen" = "numpy 0.0, jax -2.7755575615628914e-17" ]
