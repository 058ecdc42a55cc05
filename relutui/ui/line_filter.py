"""The last step of drawing: the colours of a theme in the place of numbers, dim ones that can still be read, and ASCII."""

from collections.abc import Sequence
from functools import cache, lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color as TextualColor
from textual.filter import ANSIToTruecolor, LineFilter
from textual.theme import Theme

from relutui.plot.plain import ascii_row
from relutui.ui.themes import DEFAULT, PALETTES, Palette

MIN_CONTRAST = 4.5  # of text on its ground, as WCAG 2 wants it (level AA)
_DIM_SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)  # of the colour in its mixture with the ground, the dimmest first
_NOT_DIM = Style(dim=False)
_BLACK, _WHITE = 0, 7  # of the sixteen colours; 8 more is the bright one of the same hue
_GREY = Style(color=Color.from_ansi(8), dim=False)


class ThemeFilter(ANSIToTruecolor):
    """Replaces colour numbers by those of a theme, and dims by mixing with the ground as far as the contrast allows."""

    def __init__(self, colours: TerminalTheme, is_grey: bool) -> None:
        super().__init__(colours)
        self._is_grey = is_grey

    @lru_cache(4096)  # noqa: B019 - there is one filter for each theme
    def truecolor_style(self, style: Style, background: Color) -> Style:
        """Return a style with colours as the terminal is to draw them."""
        is_dim = style.dim
        style = super().truecolor_style(style + _NOT_DIM if is_dim else style, background)
        ground = (style.bgcolor or background).triplet
        if not (is_dim and style.color and style.color.triplet and ground):
            return style
        mixtures = (_mixed(style.color.triplet, ground, share) for share in _DIM_SHARES)
        readable = (each for each in mixtures if contrast(_grey(each) if self._is_grey else each, ground) >= MIN_CONTRAST)
        return style + Style(color=Color.from_triplet(next(readable, style.color.triplet)))


class SixteenColours(LineFilter):
    """Leaves colour numbers to a terminal that has no others, as its sixteen are not the theme's; what is dim is grey there.

    On a light ground each is the darker of its hue. Without colours there are text and grey.
    """

    def __init__(self, is_dark: bool, is_grey: bool) -> None:
        super().__init__()
        self._is_dark, self._is_grey = is_dark, is_grey
        self._text = _WHITE if is_dark else _BLACK

    @lru_cache(4096)  # noqa: B019 - there is one filter for each theme
    def numbered_style(self, style: Style) -> Style:
        """Return a style with colour numbers of the sixteen."""
        if style.dim:
            return style + _GREY
        number = style.color.number if style.color else None
        if self._is_grey or (number is not None and number % 8 == _WHITE):
            number = self._text
        if number is None:  # of the style sheet, and brought to the nearest of the sixteen
            return style
        return style + Style(color=Color.from_ansi(number if self._is_dark else number % 8))

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """Return the segments of a row with other styles."""
        return [Segment(text, style and self.numbered_style(style)) for text, style, _ in segments]


class PlainFilter(LineFilter):
    """Draws in ASCII alone."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """Return the segments of a row with other characters."""
        texts = ascii_row(tuple(text for text, *_ in segments))
        return [Segment(text, style) for text, (_, style, _) in zip(texts, segments)]


def colour_filters(theme: str, others: Sequence[LineFilter], *, has_sixteen: bool, is_grey: bool) -> list[LineFilter]:
    """Return what every row is passed through, others included.

    has_sixteen: the terminal knows no more colours, which are right for the default theme; is_grey: others take colours away.
    """
    if has_sixteen and theme != DEFAULT:
        return [*others, _sixteen_filter(PALETTES[theme].is_dark, is_grey)]
    return [_theme_filter(theme, is_grey), *others]


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def css_theme(name: str) -> Theme:
    """Return the theme of this name, as Textual wants it for the style sheet."""
    palette = PALETTES[name]
    return Theme(
        name=name,
        dark=palette.is_dark,
        primary=palette.primary,
        secondary=palette.secondary,
        accent=palette.accent,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.surface,
        error=palette.error,
        warning=palette.warning,
        success=palette.success,
        variables={
            "panel-border": palette.border,
            "block-cursor-blurred-background": palette.cursor,
            "scrollbar": palette.ansi[8],
            "scrollbar-background": palette.surface,
            "input-selection-background": palette.cursor,
            "block-cursor-foreground": palette.text,
            "block-cursor-background": palette.cursor,
        },
    )


def _mixed(colour: ColorTriplet, ground: ColorTriplet, share: float) -> ColorTriplet:
    return ColorTriplet(*(round(under + (over - under) * share) for over, under in zip(colour, ground)))


def _grey(colour: ColorTriplet) -> ColorTriplet:
    """Return what is left of a colour with NO_COLOR: Textual's grey of the same brightness, which can be darker."""
    return ColorTriplet(*[round(colour.red * 0.2126 + colour.green * 0.7152 + colour.blue * 0.0722)] * 3)


def _luminance(colour: ColorTriplet) -> float:
    """Return the relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.2)."""
    shares = (channel / 255.0 for channel in colour)
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _triplet(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _terminal_theme(palette: Palette) -> TerminalTheme:
    """Return a palette's colours of the numbers 0 to 15, as Rich wants them."""
    ground, text, *numbered = (_triplet(colour) for colour in (palette.ground, palette.text, *palette.ansi))
    return TerminalTheme(ground, text, numbered[:8], numbered[8:])


TERMINAL_THEMES = {name: _terminal_theme(palette) for name, palette in PALETTES.items()}
_sixteen_filter = cache(SixteenColours)


@cache
def _theme_filter(theme: str, is_grey: bool) -> ThemeFilter:
    return ThemeFilter(TERMINAL_THEMES[theme], is_grey)
