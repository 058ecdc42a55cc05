"""The Landscape view: shades that are read without colour, and what stands on them."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.readout.curves import Curve
from relutui.readout.landscape import LandscapeReadout, Map
from relutui.ui.widgets.landscape import band_bounds, landscape
from tests.plot.drawn import find, style_at, text

NOWHERE = Curve(np.empty(0), np.empty(0))
SLOPE = 10.0 ** np.linspace(0.0, 4.0, 80) * np.ones((48, 1))  # rises from left to right


def readout(
    losses: Array, here: tuple[float, float] = (0.0, 0.0), lowest: tuple[float, float] | None = None, way: Curve = NOWHERE
) -> LandscapeReadout:
    drawn = Map((-4.0, 4.0), (-2.0, 2.0), losses, here, lowest, way)
    return LandscapeReadout(drawn, "w1", "b1", 3, ("what it says at length", "in short"))


def inked(row: str) -> list[int]:
    """The number of dots in each cell."""
    return [(ord(cell) - 0x2800).bit_count() if "\u2800" <= cell <= "\u28ff" else 0 for cell in row]


def test_the_higher_the_loss_the_more_dots() -> None:
    rows = text(list(landscape(readout(SLOPE), 72, 12)))
    assert rows[0] == " what it says at length".ljust(72)
    assert rows[-2].endswith("↑ b1" + " " * 9)
    assert rows[-1].endswith("→ w1" + " " * 9)
    for row in rows[1:3]:
        dots = inked(row[6:58])
        assert dots == sorted(dots)
        assert {0, 1, 2, 4, 6, 8} <= set(dots)  # and what lies between two bands


def test_the_key_names_the_losses_that_part_the_bands() -> None:
    """A fiftieth of the map is in the second of 80 columns: from the logarithm 4/79 to 4 - 4/79 in fourths, and one digit."""
    assert band_bounds(SLOPE) == [1, 10, 100, 900, 9000]  # of 1.1, 10.6, 100, 944 and 8899
    rows = text(list(landscape(readout(SLOPE), 72, 12)))
    assert [row[58:].strip() for row in rows[1:7]] == ["⣿⣿ > 9000", "⢽⢽ > 900", "⢕⢕ > 100", "⠅⠅ > 10", "⠁⠁ > 1", "blank < 1"]


def test_what_is_nearly_the_same_is_parted_by_more_digits() -> None:
    """With three digits there would be no more than two of them."""
    losses = np.linspace(100.0, 101.0, 80 * 48).reshape(48, 80)
    assert band_bounds(losses) == [100.0, 100.3, 100.5, 100.7, 101.0]


def test_the_upper_half_of_a_map_is_its_upper_half() -> None:
    losses = np.ones((48, 80))
    losses[24:] = 100.0
    rows = text(list(landscape(readout(losses, here=(4.0, -2.0)), 70, 15)))
    assert {dots for row in rows[1:7] for dots in inked(row[6:56])} == {6}
    assert {dots for row in rows[7:13] for dots in inked(row[6:56])} == {0}


def test_a_flat_map_has_no_bands_and_no_key() -> None:
    losses = np.full((48, 80), 0.03) * (1 + 1e-7 * np.arange(80))
    assert band_bounds(losses) == []
    rows = text(list(landscape(readout(losses), 70, 12)))
    assert not any(sum(inked(row)) for row in rows)
    assert ">" not in "".join(rows)
    assert band_bounds(np.full((48, 80), np.inf)) == []
    assert band_bounds(np.zeros((48, 80))) == []


def test_a_loss_that_is_no_number_is_as_high_as_any() -> None:
    losses = SLOPE.copy()
    losses[:, :40] = np.nan
    row = text(list(landscape(readout(losses), 72, 12)))[1]
    assert set(inked(row[6:30])) == {8}


def test_points_and_way_stand_where_they_are() -> None:
    way = Curve(np.array([-4.0, -2.0, 0.0, 99.0]), np.array([2.0, 2.0, 2.0, 2.0]))
    strips = list(landscape(readout(SLOPE, here=(4.0, 2.0), lowest=(-4.0, -2.0), way=way), 72, 12))
    assert find(strips, "○") == [(6, 1)]
    assert find(strips, "•") == [(6 + 13, 1), (6 + 26, 1)]  # a quarter and a half of the way along 52 columns
    assert find(strips, "◆") == [(57, 1)]
    assert find(strips, "✕") == [(6, 9)]
    style = style_at(strips[1], 6)
    assert style is not None
    assert style.color is not None
    assert style.color.number == 3


def test_a_narrow_map_has_no_key_but_its_axes_are_named() -> None:
    rows = text(list(landscape(readout(SLOPE), 40, 11)))
    assert rows[0].startswith(" what it says at length")
    assert rows[-2].endswith(" ↑ b1")
    assert rows[-1].endswith(" → w1")
    assert ">" not in "".join(rows)
    assert text(list(landscape(readout(SLOPE), 22, 11)))[0].startswith(" in short")


def test_before_it_is_measured_it_says_so() -> None:
    assert text(list(landscape(LandscapeReadout(None, "", "", None, ("no map yet",)), 40, 11))) == [" no map yet".ljust(40)]


@given(st.integers(1, 120), st.integers(1, 40))
def test_it_fits_in_any_room(width: int, height: int) -> None:
    strips = list(landscape(readout(SLOPE, lowest=(1.0, 1.0)), width, height))
    assert len(strips) <= height
    assert all(strip.cell_length == width for strip in strips[:1])


def test_no_colour_but_of_the_unit_and_the_marks() -> None:
    way = Curve(np.array([0.0]), np.array([1.0]))
    strips = list(landscape(readout(SLOPE, lowest=(1.0, 1.0), way=way), 72, 12))
    coloured = {
        re.sub(r"\s", "", segment.text)
        for strip in strips
        for segment in strip
        if segment.style is not None and segment.style.color is not None
    }
    assert coloured == {"◆", "✕", "○"}
