import numpy as np
import pytest
from rich.text import Text

from relutui.readout.preview import PreviewReadout, read_preview
from relutui.scenario.reader import parse
from relutui.ui.widgets.preview import preview, thumbnail
from tests.support.sessions import opener


def readout(points: str, more: str = "") -> PreviewReadout:
    text = f'title = "t"\nsummary = "What it is."\n[target]\npoints = {points}\n{more}[init]\nunits = 2\n'
    return read_preview(parse(text, "t", None))


def drawn(shown: PreviewReadout | str, width: int, height: int) -> list[str]:
    return [line.plain if isinstance(line, Text) else line.text for line in preview(shown, width, height)]


def test_facts() -> None:
    assert read_preview(opener("lab").scenario).facts == "3 units   300 points   exercise"
    output = '[network]\nactivation = "softplus"\noutput_activation = "relu"\n'
    assert readout("[[0, 0]]", output).facts == "2 units   1 point   softplus   relu on the output"


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right() -> None:
    upper, lower = thumbnail(readout("[[0, 0], [1, 1]]"), 4, 2)
    assert (upper[0], lower[-1]) == (" ", " ")
    assert " " not in (lower[0], upper[-1])


def test_many_points_that_are_no_curve_are_dots() -> None:
    """Of two cells, one point in four in each: a line would fill the way between them."""
    zigzag = readout(str([[x, x % 2] for x in range(30)]))
    assert zigzag.scattered
    upper, lower = thumbnail(zigzag, 30, 2)
    assert {upper[0], lower[1]} == {" "}
    assert {"⠛", "⠉"} & set("".join(drawn(zigzag, 40, 20)))


def test_the_drawing_stands_above_the_summary_and_the_facts() -> None:
    lines = drawn(readout("[[0, 0], [1, 1]]"), 40, 20)
    assert "●" in "".join(lines[:-3])
    assert lines[-3:] == [" What it is.", "", " 2 units   2 points"]
    assert len(lines) <= 20


def test_what_is_wrong_stands_in_the_place_of_the_drawing() -> None:
    assert drawn("a.toml: one\na.toml: two", 40, 20) == [" ✗ a.toml: one", " ✗ a.toml: two"]


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (5, 3), (12, 4), (300, 100)])
@pytest.mark.parametrize("points", ["[[0, 0]]", "[[0, 1], [1, 1]]", "[[-1e15, -1e15], [1e15, 1e15]]"])
def test_any_target_at_any_size(points: str, size: tuple[int, int]) -> None:
    width, _ = size
    for line in preview(readout(points), *size):
        assert isinstance(line, Text) or line.cell_length == width
    assert all(len(line) == width for line in thumbnail(readout(points), *size))


def test_points_at_one_x() -> None:
    assert np.ptp(readout("[[0, 0], [0, 1]]").x) == 0
    assert len(thumbnail(readout("[[0, 0], [0, 1]]"), 10, 2)) == 2
