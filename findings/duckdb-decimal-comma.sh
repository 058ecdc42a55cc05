#!/usr/bin/env bash
# duckdb 2.0.1: a file of the kind that is separated by ";" and has decimal commas, its decimal comma said.
# One would guess:  with decimal_separator=',' a comma is part of a number, so the separator that is found can only be ";".
# What happens:     the file is split at its commas, without its header: a column of text between two of integers.
# Output seen:      3 columns: BIGINT VARCHAR BIGINT
#                   with delim too, 2 columns: DOUBLE DOUBLE
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb==2.0.1
cat >"$folder/seen.py" <<'PYTHON'
import duckdb

with open("dose.csv", "w") as file:
    file.write("x;y\n0,5;1,25\n1,5;2,25\n2,5;3,75\n")
for start, options in ("", {}), ("with delim too, ", {"sep": ";"}):
    types = duckdb.read_csv("dose.csv", decimal=",", **options).types
    print(f"{start}{len(types)} columns: {' '.join(map(str, types))}")
PYTHON
cd "$folder"
seen=$("$folder/venv/bin/python" seen.py)
echo "$seen"
[ "$seen" = "3 columns: BIGINT VARCHAR BIGINT
with delim too, 2 columns: DOUBLE DOUBLE" ]
