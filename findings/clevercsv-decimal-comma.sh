#!/usr/bin/env bash
# clevercsv 0.8.5: the separator of columns that stand apart by a blank, with decimal commas and no header.
# One would guess:  its measure of consistency sees that a comma which is in one column only separates nothing.
# What happens:     where every number has as many digits after the comma, the comma is taken; of the same rows with a decimal
#                   point, the blank.
# Output seen:      with commas ',', with points ' '
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet clevercsv==0.8.5
cat >"$folder/seen.py" <<'PYTHON'
from clevercsv import Detector

rows = "-1 1,01\n0 2,02\n1 3,03\n2 4,04\n"
commas, points = (Detector().detect(text).delimiter for text in (rows, rows.replace(",", ".")))
print(f"with commas {commas!r}, with points {points!r}")
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py 2>/dev/null)
echo "$seen"
[ "$seen" = "with commas ',', with points ' '" ]
