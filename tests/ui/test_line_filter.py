"""The colours that numbers become, with what a terminal makes of them."""

from itertools import combinations

import numpy as np
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome

from relutui.lib.arrays import Array
from relutui.readout.colour import TARGET_COLOUR, UNIT_COLOURS
from relutui.terminal.cell_diff import _cell_style
from relutui.ui.line_filter import colour_filters
from relutui.ui.themes import NAMES, PALETTES

# What a colour becomes in linear light for those who lack a kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN = {
    "by most": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def filtered(theme: str, style: Style, system: ColorSystem, *, grey: bool) -> str:
    """The code with which a terminal is told of the colour of a text."""
    others = [Monochrome()] if grey else []
    ground = Color.parse(PALETTES[theme].ground)
    segments = [Segment("x", Style(color=PALETTES[theme].text, bgcolor=PALETTES[theme].ground) + style)]
    for each in colour_filters(theme, others, has_sixteen=system is ColorSystem.STANDARD, is_grey=grey):
        segments = each.apply(segments, ground)
    return _cell_style(segments[0].style, system)[0].front


@pytest.mark.parametrize("theme", NAMES)
@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR])
@pytest.mark.parametrize("grey", [False, True], ids=["in colour", "NO_COLOR"])
def test_what_is_dim_has_another_colour_in_every_terminal(theme: str, system: ColorSystem, grey: bool) -> None:
    """On and off are told apart by it: the off parts of a strip are dim."""
    for number in [*UNIT_COLOURS, TARGET_COLOUR, 15, None]:
        style = Style() if number is None else Style.parse(f"color({number})")
        lit, dim = (filtered(theme, style + Style(dim=is_dim), system, grey=grey) for is_dim in (False, True))
        assert lit != dim, number


@pytest.mark.parametrize("theme", ["okabe-ito-dark", "okabe-ito-light"])
@pytest.mark.parametrize("eyes", SEEN)
def test_the_target_and_the_first_units_are_told_apart_by_those_who_lack_a_kind_of_cone(theme: str, eyes: str) -> None:
    """By more than twice what can just be noticed side by side in Oklab, 0.02."""
    seen = [oklab(np.asarray(SEEN[eyes]) @ linear(PALETTES[theme].ansi[n])) for n in (TARGET_COLOUR, *UNIT_COLOURS[:5])]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) > 0.04


def linear(colour: str) -> Array:
    """The shares of red, green and blue light."""
    shares = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def oklab(light: Array) -> Array:
    """Coordinates in which distances are what eyes notice (Ottosson 2020)."""
    return np.asarray(np.asarray(LAB) @ np.cbrt(np.asarray(LMS) @ np.clip(light, 0, 1)))
