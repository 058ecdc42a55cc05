"""The app's own driver leaves on the terminal what Textual's own drawing of the whole screen leaves."""

import fcntl
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable

import pytest
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.widget import Widget

from relutui.terminal import row_drawing
from relutui.ui.app import RelutuiApp
from relutui.ui.widgets.strip_widget import StripWidget
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, opener
from tests.support.waiting import LIMIT, until
from tests.terminal.emulator import Terminal, drawn


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


KEYS = [*"++-vsslUzm#n[]{}hi5uw", "right", "left", "up", "down", "tab", "enter", "escape", "escape"]


@pytest.mark.usefixtures("many_colours")
@pytest.mark.parametrize(("name", "seed"), [("lab", 1), ("shifted-100", 2)])
async def test_after_any_keys_the_terminal_shows_what_textual_would_draw_anew(name: str, seed: int) -> None:
    """Nothing that is drawn by rows, past Textual's compositor, is ever left as it was."""
    chance = random.Random(seed)
    app = RelutuiApp(opener(name), FakeTrainer(), opener)
    app.driver_class = Recorder
    Recorder.terminal = Terminal(120, 36)

    def is_fresh() -> bool:
        for panel in app.screen_stack[0].query(StripWidget):
            panel._styles_cache.clear()
            whole = panel.outer_size.region
            if panel.display and whole and panel.render_lines(whole) != Widget.render_lines(panel, whole):
                return False
        return Recorder.terminal.cells == drawn(app.screen._compositor.render_strips(), app.console).cells

    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.pause(0.1)
        for _ in range(4):
            await pilot.press(*chance.choices(KEYS, k=10))
            await pilot.pause(0.1)
            await until(is_fresh)


@pytest.mark.usefixtures("many_colours")
async def test_an_edit_is_drawn_past_the_compositor(monkeypatch: pytest.MonkeyPatch) -> None:
    app = RelutuiApp(open_lab(), FakeTrainer(), opener)
    app.driver_class = Recorder
    Recorder.terminal = Terminal(120, 36)
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.press("+")
        await until(lambda: any("0.10" in line for line in Recorder.terminal.screen.display))
        await pilot.pause(0.1)
        monkeypatch.setattr(row_drawing, "Difference", None)
        await pilot.press("+")
        await until(lambda: any("0.20" in line for line in Recorder.terminal.screen.display))


@pytest.mark.usefixtures("many_colours")
async def test_an_edit_is_drawn_when_a_screen_opens_over_it_before_its_rows_are_sent() -> None:
    app = RelutuiApp(open_lab(), FakeTrainer(), opener)
    app.driver_class = Recorder
    Recorder.terminal = Terminal(120, 36)
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await pilot.pause(0.1)
        for key, character in (("plus", "+"), ("question_mark", "?")):
            app.post_message(events.Key(key, character))
        await until(lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")
        await until(lambda: any("0.10 ]" in line for line in Recorder.terminal.screen.display))
        await until(lambda: Recorder.terminal.cells == drawn(app.screen._compositor.render_strips(), app.console).cells)


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
        wait_until(lambda: "NONE cannot be opened" in "".join(terminal.screen.display))
        os.write(main, b"+++v")
        wait_until(lambda: "0.30 ]" in "".join(terminal.screen.display))
        again(lambda: os.write(main, b"\x0c"))
        again(suspend_and_resume)
    finally:
        process.kill()
        process.wait(LIMIT)
        os.close(main)
