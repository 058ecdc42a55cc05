#!/usr/bin/env bash
# polars 2.1.0 and pyarrow 26.0.1: a missing reading that is written as nan.
# One would guess:  nan and NaN are the same to a reader of numbers.
# What happens:     polars reads a column with NaN as numbers and one with nan as text; pyarrow makes nan a missing value and
#                   leaves NAN a number, in one column.
# Output seen:      polars: NaN Float64, nan String
#                   pyarrow: nan None, NAN nan
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0 pyarrow==26.0.1
seen=$("$folder/venv/bin/python" -c '
from io import BytesIO
import polars
kinds = [polars.read_csv(BytesIO(b"y\n2.5\n" + word + b"\n")).dtypes[0] for word in (b"NaN", b"nan")]
print(f"polars: NaN {kinds[0]}, nan {kinds[1]}")
')
seen+=$'\n'$("$folder/venv/bin/python" -c '
from io import BytesIO
from pyarrow import csv
small, large, _ = csv.read_csv(BytesIO(b"y\nnan\nNAN\n2.5\n"))["y"].to_pylist()
print(f"pyarrow: nan {small}, NAN {large}")
')
echo "$seen"
[ "$seen" = "polars: NaN Float64, nan String
pyarrow: nan None, NAN nan" ]
