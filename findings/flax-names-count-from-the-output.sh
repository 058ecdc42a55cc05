#!/usr/bin/env bash
# flax 0.12.8 (linen): the names of layers that are written one inside the other.
# One would guess:  in Dense(1)(relu(Dense(3)(x))) the hidden layer, which is applied first, is Dense_0.
# What happens:     names count in the order of construction, and Python makes the outer layer first: Dense_0 is the output.
#                   What reads a network from its parameters by number takes it the wrong way round.
# Output seen:      Dense_0 (3, 1), Dense_1 (1, 3)
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet flax==0.12.8 jax==0.10.2 jaxlib==0.10.2
cat >"$folder/seen.py" <<'PYTHON'
import flax.linen as nn
import jax
import jax.numpy as jnp


class Network(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(1)(nn.relu(nn.Dense(3)(x)))


made = Network().init(jax.random.key(0), jnp.zeros((1, 1)))["params"]
print(", ".join(f"{name} {made[name]['kernel'].shape}" for name in sorted(made)))
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "Dense_0 (3, 1), Dense_1 (1, 3)" ]
