"""Pictures as PNG, drawn by Pillow."""

import io
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from relutui.plot.picture import FONT_SIZE, PAPER, Circle, Picture, Place, Polygon, Polyline, Text
from relutui.plot.plain import ascii_row

SIZE = 2  # pixels of the file for one of the picture
FINER = 2  # times as many are drawn at first, so that slanted lines are smooth
LINE_WIDTH = 1.5
FONTS = ("DejaVuSans.ttf", "Arial.ttf", "Helvetica.ttc", "NotoSans-Regular.ttf")  # of the system; Pillow's own has ASCII alone
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}  # in Pillow's words: on the base line


def png_of(picture: Picture) -> bytes:
    """Return the content of the file of a picture.  Raises ModuleNotFoundError without Pillow."""
    from PIL import Image, ImageDraw

    size = SIZE * FINER
    image = Image.new("RGB", (picture.width * size, picture.height * size), PAPER)
    draw, (font, has_all) = ImageDraw.Draw(image), _font(FONT_SIZE * size)
    for group in picture.groups:
        for shape in group.shapes:
            match shape:
                case Polyline(places, colour, dashes):
                    for part in _dashed(places, dashes) if dashes else [places]:
                        draw.line(_scaled(part, group.down, size), colour, round(LINE_WIDTH * size), joint="curve")
                case Polygon(places, colour):
                    draw.polygon(_scaled(places, group.down, size), colour)
                case Circle(place, radius, colour, fill):
                    ((x, y),) = _scaled([place], group.down, size)
                    edge = radius * size
                    draw.ellipse((x - edge, y - edge, x + edge, y + edge), fill, colour, size)
                case Text(place, text, anchor, colour):
                    known = text if has_all else ascii_row((f"{text}  ",))[0].rstrip()
                    draw.text(_scaled([place], group.down, size)[0], known, colour, font, _ANCHORS[anchor])
    file = io.BytesIO()
    image.reduce(FINER).save(file, "PNG", optimize=True)
    return file.getvalue()


def _font(size: int) -> tuple[Any, bool]:
    """Return a font, and whether it has more than ASCII."""
    from PIL import ImageFont

    for name in FONTS:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False


def _scaled(places: Sequence[Place], down: float, size: int) -> list[Place]:
    return [(x * size, (y + down) * size) for x, y in places]


def _dashed(places: Sequence[Place], dashes: tuple[float, float]) -> Iterator[list[Place]]:
    """The parts of a line that its dashes leave."""
    dash, period, way = dashes[0], sum(dashes), 0.0
    for (x, y), (to_x, to_y) in pairwise(places):
        length = math.hypot(to_x - x, to_y - y)
        start = -(way % period)  # of the dash that this part begins in or after
        while start < length:
            ends = [min(max(each, 0.0), length) / length for each in (start, start + dash)]
            if ends[0] < ends[1]:
                yield [(x + (to_x - x) * share, y + (to_y - y) * share) for share in ends]
            start += period
        way += length
