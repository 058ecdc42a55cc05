"""What is sent is judged by pyte, a terminal emulator: it must show what Textual's own drawing of the whole screen shows."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from relutui.terminal.cell_diff import TerminalMirror
from tests.terminal.emulator import CUT, Terminal, drawn, whole

WIDTH, HEIGHT = 12, 3


CONSOLE = Console(force_terminal=True, color_system="256")


STYLES = st.builds(
    Style,
    color=st.sampled_from([None, "default", "red", "color(200)", "#808080"]),
    bgcolor=st.sampled_from([None, "blue", "#102030"]),
    bold=st.sampled_from([None, True]),
    italic=st.sampled_from([None, False, True]),
    underline=st.sampled_from([None, True]),
    strike=st.sampled_from([None, True]),
    reverse=st.sampled_from([None, True]),
)


TEXTS = st.text(st.sampled_from("   aaab●⣿日"), max_size=WIDTH)


STRIPS = st.lists(st.tuples(TEXTS, st.none() | STYLES), max_size=4).map(
    lambda parts: Strip([Segment(*part) for part in parts]).adjust_cell_length(WIDTH)
)


SCREENS = st.lists(STRIPS, min_size=HEIGHT, max_size=HEIGHT)


def partly(rows: list[Strip], changed: list[tuple[int, bool]]) -> ChopsUpdate:
    """An update of some rows, given by their numbers, and of their left or right parts."""
    chops: list[dict[int, Strip | None]] = [{0: None, CUT: None} for _ in rows]
    for y, right in changed:
        left_strip, right_strip = rows[y].divide([CUT, WIDTH])
        chops[y] |= {CUT: right_strip} if right else {0: left_strip}
    spans = [(y, CUT, WIDTH) if right else (y, 0, CUT) for y, right in changed]
    return ChopsUpdate(chops, spans, [[CUT, WIDTH] for _ in rows])


PARTS = st.lists(st.tuples(st.integers(0, HEIGHT - 1), st.booleans()), min_size=1, max_size=4)


@given(SCREENS, st.lists(st.tuples(SCREENS, st.none() | PARTS), max_size=4))
def test_the_terminal_shows_what_textual_would_draw(
    start: list[Strip], steps: list[tuple[list[Strip], list[tuple[int, bool]] | None]]
) -> None:
    shown, terminal, present = TerminalMirror(), Terminal(WIDTH, HEIGHT), [row.divide([CUT, WIDTH]) for row in start]
    terminal.feed(shown.changes(whole(start), CONSOLE))
    for rows, parts in steps:
        update = whole(rows) if parts is None else partly(rows, parts)
        for y, right in [(y, right) for y in range(HEIGHT) for right in (False, True)] if parts is None else parts:
            present[y] = [*present[y][:right], rows[y].divide([CUT, WIDTH])[right], *present[y][right + 1 :]]
        terminal.feed(shown.changes(update, CONSOLE))
    assert terminal.cells == drawn([Strip.join(parts) for parts in present], CONSOLE).cells


def strip(text: str, style: str = "") -> Strip:
    return Strip([Segment(text, Style.parse(style))])


def sent(*frames: list[Strip], console: Console = CONSOLE) -> str:
    """What the last of several frames sends."""
    shown = TerminalMirror()
    return [shown.changes(LayoutUpdate([[row] for row in rows], Region(0, 0, 8, len(rows))), console) for rows in frames][-1]


@pytest.mark.parametrize(("before", "after", "expected"), [
    (["abcdefgh"], ["abcdefgh"], ""),
    (["abcdefgh"], ["abXdefgh"], "\x1b[1;3HX"),
    (["abcdefgh", "abcdefgh"], ["abcdefgh", "Xbcdefgh"], "\x1b[2HX"),
    (["abcdefgh"], ["Xbcdefgh"], "\x1b[1HX"),
    (["abcdefgh"], ["XbcYefgh"], "\x1b[1HXbcY"),  # two cells drawn again are shorter than a move
    (["abcdefgh"], ["XbcdefYh"], "\x1b[1HX\x1b[5CY"),
    (["●●●●●●●●"], ["X●Y●●●●●"], "\x1b[1HX●Y"),
    (["●●●●●●●●"], ["X●●Y●●●●"], "\x1b[1HX\x1b[2CY"),
])  # fmt: skip
def test_only_what_differs_is_sent(before: list[str], after: list[str], expected: str) -> None:
    assert sent([strip(row) for row in before], [strip(row) for row in after]) == expected


@pytest.mark.parametrize(("styles", "expected"), [
    (["bold", ""], "\x1b[1HA\x1b[1mB\x1b[mC"),
    (["bold red", "red"], "\x1b[1HA\x1b[1;31mB\x1b[22mC\x1b[m"),
    (["bold dim", "dim"], "\x1b[1HA\x1b[1;2mB\x1b[0;2mC\x1b[m"),
    (["red on blue", "green on blue"], "\x1b[1HA\x1b[31;44mB\x1b[32mC\x1b[m"),
    (["on blue", "bold on blue"], "\x1b[1HA\x1b[44mB\x1b[1mC\x1b[m"),
])  # fmt: skip
def test_a_style_is_changed_by_what_differs(styles: list[str], expected: str) -> None:
    row = Strip([Segment("A"), *(Segment(letter, Style.parse(style)) for letter, style in zip("BC", styles)), Segment("     ")])
    assert sent([strip(" " * 8)], [row]) == expected


@pytest.mark.parametrize(("system", "expected"), [
    ("standard", "\x1b[1H\x1b[91;44mA\x1b[m"),
    ("256", "\x1b[1H\x1b[38;5;203;48;5;18mA\x1b[m"),
    ("truecolor", "\x1b[1H\x1b[38;2;255;95;95;48;2;0;0;135mA\x1b[m"),
])  # fmt: skip
def test_colours_are_those_that_the_terminal_has(system: Literal["standard", "256", "truecolor"], expected: str) -> None:
    row = Strip([Segment("A", Style.parse("#ff5f5f on #000087")), Segment(" " * 7)])
    assert sent([strip(" " * 8)], [row], console=Console(force_terminal=True, color_system=system)) == expected


def test_a_blank_in_another_colour_is_the_same_blank() -> None:
    assert sent([strip(" " * 8, "bold red")], [strip(" " * 8, "dim green")]) == ""
    assert sent([strip(" " * 8, "underline red")], [strip(" " * 8, "underline green")]) != ""


def test_nothing_is_known_of_another_size_or_after_forgetting() -> None:
    shown = TerminalMirror()
    assert not shown.known
    rows = [strip("x" * WIDTH)] * HEIGHT
    assert not shown.knows(partly(rows, [(0, True)]))
    shown.changes(whole(rows), CONSOLE)
    assert shown.known
    assert shown.knows(partly(rows, [(0, True)]))
    assert not shown.knows(partly(rows[1:], [(0, True)]))
    shown.forget()
    assert not shown.knows(partly(rows, [(0, True)]))
    assert shown.changes(whole(rows), CONSOLE).count("x") == WIDTH * HEIGHT


def test_links_are_sent_as_textual_does() -> None:
    link = Strip([Segment("abcdefgh", Style(link="https://example.org"))])
    assert f"\x1b[1H{link.render(CONSOLE)}" == sent([strip(" " * 8)], [link])
