"""What is sent is judged by pyte, a terminal emulator: it must show what Textual's own drawing of the whole screen shows."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Literal

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.drivers.headless_driver import HeadlessDriver
from textual.filter import dim_color, monochrome_style
from textual.geometry import Region, Size
from textual.strip import Strip

from relutui.readout.colour import TARGET_COLOUR, UNIT_COLOURS
from relutui.terminal.cell_diff import TerminalMirror, _look
from relutui.ui.app import COLOURS, RelutuiApp
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, opener
from tests.support.waiting import LIMIT, until

WIDTH, HEIGHT, CUT = 12, 3, 5
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


class Terminal:
    """A terminal without automatic line wrap, as Textual sets it."""

    def __init__(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self.screen)
        self.feed("\x1b[?7l")

    def feed(self, sequence: str) -> None:
        self._stream.feed(sequence)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """The cells, without what makes no difference to a blank."""
        rows = [[self.screen.buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]
        return [[_seen(cell) for cell in row] for row in rows]


def _seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    drawn_in_front = cell.reverse or cell.underscore or cell.strikethrough
    return cell._replace(fg="default", bold=False, italics=False) if cell.data == " " and not drawn_in_front else cell


def whole(rows: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([row.divide([CUT, row.cell_length]) for row in rows], Region(0, 0, rows[0].cell_length, len(rows)))


def drawn(rows: list[Strip], console: Console) -> Terminal:
    """A terminal on which Textual has drawn a screen."""
    for style in (segment.style for row in rows for segment in row if segment.style):
        style._ansi = None  # Rich keeps what a style was first sent as, to whatever console
    terminal = Terminal(rows[0].cell_length, len(rows))
    terminal.feed(whole(rows).render_segments(console).replace("\n", "\r\n"))
    return terminal


def partly(rows: list[Strip], changed: list[tuple[int, bool]]) -> ChopsUpdate:
    """An update of some rows, given by their numbers, and of their left or right parts."""
    chops: list[dict[int, Strip | None]] = [{0: None, CUT: None} for _ in rows]
    for y, right in changed:
        left_strip, right_strip = rows[y].divide([CUT, WIDTH])
        chops[y] |= {CUT: right_strip} if right else {0: left_strip}
    spans = [(y, CUT, WIDTH) if right else (y, 0, CUT) for y, right in changed]
    return ChopsUpdate(chops, spans, [[CUT, WIDTH] for _ in rows])


PARTS = st.lists(st.tuples(st.integers(0, HEIGHT - 1), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=50)
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


class Recorder(HeadlessDriver):
    """A driver whose terminal is pyte's."""

    terminal: Terminal
    is_headless = False

    def write(self, data: str) -> None:
        self.terminal.feed(data)


@pytest.fixture
def many_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of CONSOLE; of 16 Textual would take others for what is dim."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)


@pytest.mark.usefixtures("many_colours")
async def test_the_app_leaves_the_screen_as_textual_would_draw_it() -> None:
    """Through edits, a run, views, dialogs, other sizes, and a terminal that was written to by others."""
    app = RelutuiApp(open_lab(), FakeTrainer(), opener)
    app.driver_class = Recorder
    Recorder.terminal = Terminal(80, 24)

    async def judge() -> None:  # on a busy machine the last drawing may come late
        await until(lambda: Recorder.terminal.cells == drawn(app.screen._compositor.render_strips(), app.console).cells)

    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        for keys in ("", "+ + right -", "s", "v v", "ctrl+p", "escape", "1 enter"):
            await pilot.press(*keys.split())
            await pilot.pause(0.05)
            await judge()
        Recorder.terminal.feed("\x1b[5;5Hwritten by others\x1b[2J\x1b[3;4H")
        await pilot.press("ctrl+l")
        await pilot.pause(0.05)
        await judge()
        for size in (Size(120, 36), Size(120, 36)):
            Recorder.terminal = Terminal(*size)
            app.post_message(events.Resize(size, size))
            await pilot.pause(0.1)
            await judge()


@pytest.mark.usefixtures("many_colours")
@pytest.mark.parametrize("panel", ["chart", "strips", "table", "walk", "loss"])
async def test_a_panel_that_is_drawn_alone_leaves_those_beside_it_as_they_are(panel: str) -> None:
    app = RelutuiApp(open_lab(), FakeTrainer(), opener)
    app.driver_class = Recorder
    Recorder.terminal = Terminal(120, 36)
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.pause(0.1)
        app.screen.query_one(f"#{panel}").refresh()
        await pilot.pause(0.1)
        await until(lambda: Recorder.terminal.cells == drawn(app.screen._compositor.render_strips(), app.console).cells)


def test_a_process_draws_everything_anew_when_it_is_asked_to_and_when_it_comes_back() -> None:
    """In a terminal of its own; what pyte shows after keys is what it shows after a redraw from nothing."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}  # workers have them
    environment = inherited | {"TERM": "xterm-256color", "COLORTERM": ""}
    command = [sys.executable, "-m", "relutui", "lab", "--device", "NONE"]
    process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment, start_new_session=True)
    os.close(side)
    terminal, decoder = Terminal(120, 36), getincrementaldecoder("utf-8")()

    def wait_until(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, "\n".join(terminal.screen.display)
            if select.select([main], [], [], 0.1)[0]:
                terminal.feed(decoder.decode(os.read(main, 1 << 16)))

    def again(ask: Callable[[], object]) -> None:
        while select.select([main], [], [], 0.5)[0]:
            terminal.feed(decoder.decode(os.read(main, 1 << 16)))
        before = terminal.cells
        terminal.screen.reset()
        ask()
        wait_until(lambda: terminal.cells == before)

    def suspend_and_resume() -> None:
        os.kill(process.pid, signal.SIGTSTP)
        wait_until(lambda: os.waitpid(process.pid, os.WUNTRACED | os.WNOHANG) != (0, 0))
        os.kill(process.pid, signal.SIGCONT)

    try:
        wait_until(lambda: "no training" in "".join(terminal.screen.display))
        os.write(main, b"+++v")
        wait_until(lambda: "[ 0.30 ]" in "".join(terminal.screen.display))
        again(lambda: os.write(main, b"\x0c"))
        again(suspend_and_resume)
    finally:
        process.kill()
        process.wait(LIMIT)
        os.close(main)


@pytest.mark.parametrize("colour", [*UNIT_COLOURS, TARGET_COLOUR, 15, None])
@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR])
def test_what_is_dim_has_another_colour_in_every_terminal(colour: int | None, system: ColorSystem) -> None:
    """On and off are told apart by it: the off parts of a strip are dim."""
    lit = Color.from_triplet(COLOURS.foreground_color if colour is None else COLOURS.ansi_colors[colour])
    dim = dim_color(Color.from_triplet(COLOURS.background_color), lit)
    bright, dark = (_look(Style(color=each), system)[0].front for each in (lit, dim))
    assert bright != dark
    grey = [monochrome_style(Style(color=each)) for each in (lit, dim)]  # with NO_COLOR
    assert _look(grey[0], system)[0].front != _look(grey[1], system)[0].front
