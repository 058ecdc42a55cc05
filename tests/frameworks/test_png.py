"""The chart as pixels, read back by Pillow."""

import io
from pathlib import Path

import pytest
from PIL import Image

from relutui.cli.main import main
from relutui.plot import png
from relutui.plot.picture import Circle, Group, Picture, Polygon, Polyline, Text

SIZE = 2  # pixels of the file for one of the picture


def drawn(*shapes: Polyline | Polygon | Circle | Text) -> Image.Image:
    picture = Picture(100, 60, (Group(10, shapes),))
    return Image.open(io.BytesIO(png.png_of(picture)))


def test_shapes_lie_where_they_should() -> None:
    image = drawn(
        Polyline([(10.0, 5.0), (90.0, 5.0)], "#ff0000"),
        Polyline([(0.0, 20.0), (100.0, 20.0)], "#0000ff", (6.0, 4.0)),
        Polygon([(50.0, 34.0), (56.0, 40.0), (50.0, 46.0), (44.0, 40.0)], "#00ff00"),
        Circle((20.0, 40.0), 4.0, "#ff0000", "#0000ff"),
    )
    assert (image.size, image.mode) == ((200, 120), "RGB")
    at = {name: image.getpixel((int(x * SIZE), int((y + 10) * SIZE))) for name, x, y in (
        ("line", 50, 5), ("beside", 5, 5), ("diamond", 50, 40), ("corner", 45, 35), ("disc", 20, 40), ("paper", 70, 40),
    )}  # fmt: skip
    assert at["line"] == (255, 0, 0)
    assert at["diamond"] == (0, 255, 0)
    assert at["disc"] == (0, 0, 255)
    assert {at[name] for name in ("beside", "corner", "paper")} == {(255, 255, 255)}
    dashes = [image.getpixel((int((x + 0.5) * SIZE), 30 * SIZE)) == (0, 0, 255) for x in range(100)]
    assert dashes == [x % 10 < 6 for x in range(100)]


@pytest.mark.parametrize("fonts", [png.FONTS, ()])
def test_text_is_drawn_with_any_font(fonts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relutui.plot.png.FONTS", fonts)
    text, plain = drawn(Text((50.0, 30.0), "x² – 1", "middle")), drawn(Text((50.0, 30.0), "x^2 - 1", "middle"))
    left, top, right, bottom = text.convert("L").point(lambda level: 255 * (level < 128)).getbbox() or (0, 0, 0, 0)
    assert (left + right) / 2 == pytest.approx(100, abs=3)
    assert 40 < top < bottom <= 81
    assert fonts or text.tobytes() == plain.tobytes()


def test_the_chart_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lab.png"
    assert main(["export", "lab", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: the chart, as pixels\n"
    with Image.open(file) as image:
        assert image.size == (1440, 1340)
        assert len(image.getcolors(100_000) or ()) > 10
