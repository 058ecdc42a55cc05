"""The colours of each theme, the only ones there are: those of the screen, and the sixteen of curves, units and words."""

from typing import NamedTuple

DEFAULT = "dark"
LIGHT_DEFAULT = "light"  # of a terminal whose ground is light


class Palette(NamedTuple):
    """The colours of a theme, as #rrggbb; `ansi` are those of the numbers 0 to 15 that readouts give.

    Every one that text or a mark is drawn in is at least 4.5:1 on ground and surface, and also where colour is taken away.
    """

    is_dark: bool
    ground: str
    surface: str
    text: str
    primary: str
    secondary: str
    accent: str
    error: str
    warning: str
    success: str
    border: str  # of panels without the focus: it only bounds, and is quieter than text
    cursor: str  # behind the marked row of a list
    ansi: tuple[str, ...]


_DARK = Palette(
    is_dark=True,
    ground="#121212",
    surface="#1c1c1c",
    text="#d0d0d0",
    primary="#5fafd7",
    secondary="#87af87",
    accent="#d7af5f",
    error="#ff5f5f",
    warning="#ffaf5f",
    success="#87d787",
    border="#3b3b3b",
    cursor="#1b303c",
    ansi=(
        *("#262626", "#ff8787", "#87d75f", "#ffaf5f", "#87afff", "#ff87d7", "#5fd7d7", "#dadada"),
        *("#8a8a8a", "#ffafaf", "#afff87", "#ffff87", "#afd7ff", "#ffafff", "#87ffff", "#ffffff"),
    ),
)
_LIGHT = Palette(
    is_dark=False,
    ground="#ffffff",
    surface="#f2f2f2",
    text="#262626",
    primary="#005f99",
    secondary="#3a6600",
    accent="#784e00",
    error="#ac211a",
    warning="#784e00",
    success="#006a2b",
    border="#b2b2b2",
    cursor="#cfe3f1",
    ansi=(
        *("#d9d9d9", "#ac211a", "#006a2b", "#784e00", "#1f4fb8", "#9b2587", "#006570", "#3a3a3a"),
        *("#6a6a6a", "#8c0f3f", "#3a6600", "#5a5500", "#2a3590", "#653bb8", "#004f5e", "#000000"),
    ),
)
# The colours of Okabe and Ito, "Color Universal Design" (2008): the target bluish green, the units sky blue, orange, reddish
# purple, vermillion, blue, then yellow and shades of these. Each has its hue there; its lightness was chosen for 4.5:1 on the
# ground, and then for the largest least difference (in Oklab) as seen without and with each kind of colour blindness.
_OKABE_ITO_DARK = _DARK._replace(
    primary="#72c9ff",
    secondary="#00ba88",
    accent="#ffb21d",
    error="#ff8126",
    warning="#ffb21d",
    success="#00ba88",
    ansi=(
        *("#262626", "#ff8126", "#00ba88", "#ffb21d", "#42abfe", "#da82b3", "#72c9ff", "#dadada"),
        *("#8a8a8a", "#e9b1d1", "#ffa05c", "#fef247", "#bfe6ff", "#5ed6b4", "#b7aefc", "#ffffff"),
    ),
)
_OKABE_ITO_LIGHT = _LIGHT._replace(
    primary="#005b90",
    secondary="#00674a",
    accent="#664400",
    error="#9b4200",
    warning="#664400",
    success="#00674a",
    ansi=(
        *("#d9d9d9", "#9b4200", "#004e37", "#563900", "#003354", "#72415c", "#2c6382", "#3a3a3a"),
        *("#6a6a6a", "#8a3a70", "#6b2b00", "#575210", "#24459c", "#007050", "#3d2f7a", "#000000"),
    ),
)
PALETTES = {"dark": _DARK, "light": _LIGHT, "okabe-ito-dark": _OKABE_ITO_DARK, "okabe-ito-light": _OKABE_ITO_LIGHT}
NAMES = tuple(PALETTES)
