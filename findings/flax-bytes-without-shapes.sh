#!/usr/bin/env bash
# flax 0.12.8: serialization.from_bytes with a template.
# One would guess:  the template says what is expected: other shapes, types or keys are an error.
# What happens:     the arrays come as they are in the bytes, of four values in float64 where the template has three in float32,
#                   and a key that only the bytes have is gone.
# Output seen:      w: float64 (4,); keys: ['w']
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet flax==0.12.8 jax==0.10.2 jaxlib==0.10.2
cat >"$folder/seen.py" <<'PYTHON'
import numpy as np
from flax.serialization import from_bytes, to_bytes

read = from_bytes({"w": np.zeros(3, np.float32)}, to_bytes({"w": np.zeros(4), "b": np.zeros(2)}))
print(f"w: {read['w'].dtype} {read['w'].shape}; keys: {list(read)}")
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "w: float64 (4,); keys: ['w']" ]
