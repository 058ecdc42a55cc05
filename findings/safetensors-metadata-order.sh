#!/usr/bin/env bash
# safetensors 0.8.0: the bytes of a file with metadata.
# One would guess:  the same tensors with the same metadata make the same file, so that a checksum tells whether it changed.
# What happens:     with two or more entries their order in the file differs from one process to the next.
# Output seen:      more than one different file in 20 processes with three entries, one with a single entry
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
files() {
  for _ in $(seq 20); do
    "$folder/venv/bin/python" -c '
import hashlib, sys
import numpy as np
from safetensors.numpy import save
print(hashlib.sha256(save({"w": np.zeros(2)}, metadata=dict.fromkeys(sys.argv[1:], "1"))).hexdigest())
' "$@"
  done | sort -u | wc -l
}
three=$(files a b c) one=$(files a)
echo "different files: $three with three entries, $one with a single entry"
[ "$three" -gt 1 ] && [ "$one" -eq 1 ]
