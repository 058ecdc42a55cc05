#!/usr/bin/env bash
# pillow 12.0.0: the font that ImageFont.load_default() returns.
# One would guess:  it has the letters of Latin-1, as é and ², and a dash; or drawing what it lacks fails.
# What happens:     it is a cut of Aileron with ASCII alone, and draws one and the same box for ², é, – and ŷ.
# Output seen:      boxes: ² é – ŷ
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==12.0.0
cat >"$folder/seen.py" <<'PYTHON'
from PIL import Image, ImageDraw, ImageFont

font = ImageFont.load_default()


def drawn(text: str) -> bytes:
    image = Image.new("L", (40, 40))
    ImageDraw.Draw(image).text((5, 5), text, font=font, fill=255)
    return image.tobytes()


print("boxes:", *(text for text in "a²xé–ŷ1" if drawn(text) == drawn("\uffff")))
PYTHON
cd "$folder"
seen=$(PYTHONUTF8=1 "$folder/venv/bin/python" seen.py)
echo "$seen"
[ "$seen" = "boxes: ² é – ŷ" ]
