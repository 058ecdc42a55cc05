"""The mouse, by the reports that a terminal sends: each of its ways has keys that do the same."""

from collections.abc import Iterator

import pytest

from relutui.model.selection import Selection
from relutui.session.session import Session
from relutui.terminal.input import TerminalInput
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab, opener

PRESS, RELEASE, DRAG, WHEEL_UP, WHEEL_DOWN = "0;{}M", "0;{}m", "32;{}M", "64;{}M", "65;{}M"
At = tuple[int, int]


def half() -> Session:
    """Unit 1 is (1, -1): its kink, at 1, is that of unit 0, which is locked; unit 2 is (1, -2), with its kink at 2."""
    return open_lab(w1=1, b1=-1, w2=1, b2=-2)


async def report(screen: Screen, kind: str, *places: At) -> None:
    """Send what a terminal reports of the mouse, at columns and rows from 0."""
    for x, y in places:
        for message in TerminalInput().feed(f"\x1b[<{kind.format(f'{x + 1};{y + 1}')}".encode()):
            screen.app.post_message(message)
        await screen.settled()


async def click(screen: Screen, at: At) -> None:
    await report(screen, PRESS, at)
    await report(screen, RELEASE, at)


def places(screen: Screen, text: str) -> Iterator[At]:
    """Where a text stands, row by row."""
    for y, line in enumerate(screen.lines):
        x = line.find(text)
        while x >= 0:
            yield x, y
            x = line.find(text, x + 1)


def place(screen: Screen, text: str) -> At:
    return next(places(screen, text))


def last_kink(screen: Screen) -> At:
    """Where the rightmost kink is drawn, the legend left out."""
    return max(at for at in places(screen, "◆") if at[1] > 1)


def kink(screen: Screen, row: int) -> float:
    p = screen.session.state.parameters
    return float(-p.b[row] / p.w[row])


async def test_a_kink_is_dragged_sideways_as_one_entry_of_undo() -> None:
    async with shown(half(), (80, 24)) as screen:
        x, y = last_kink(screen)
        past = len(screen.session.states.past)
        await report(screen, PRESS, (x, y))
        assert screen.session.view.selection == Selection(2, "w")
        await report(screen, DRAG, (x + 3, y), (x + 6, y - 2), (x + 12, y - 3))
        assert kink(screen, 2) == pytest.approx(2.5)  # 12 of 72 columns for 3
        assert screen.session.state.parameters.w[2] == 1.0  # although it went upwards as well
        assert "┈ before" in screen.text
        await report(screen, RELEASE, (x + 12, y - 3))
        assert screen.session.view.hold is None
        assert len(screen.session.states.past) == past + 1
        assert "u goes back" in screen.text


async def test_a_kink_is_dragged_up_and_down_to_change_its_slope() -> None:
    async with shown(half(), (120, 36)) as screen:
        x, y = last_kink(screen)
        await report(screen, PRESS, (x, y))
        await report(screen, DRAG, (x, y - 2), (x + 1, y - 5), (x, y - 3))
        await report(screen, RELEASE, (x, y - 3))
        assert screen.session.state.parameters.w[2] == pytest.approx(1.3)
        assert kink(screen, 2) == pytest.approx(2.0)


async def test_a_drag_within_a_hold_goes_on_holding() -> None:
    async with shown(half(), (80, 24)) as screen:
        await screen.press("z", "2", "up")
        x, y = last_kink(screen)
        await report(screen, PRESS, (x, y))
        await report(screen, DRAG, (x - 2, y))
        await report(screen, RELEASE, (x - 2, y))
        assert screen.session.view.hold
        await screen.press("escape")
        assert screen.session.state.parameters == half().state.parameters


async def test_elsewhere_on_the_chart_the_probe_follows() -> None:
    async with shown(half(), (80, 24)) as screen:
        x, y = place(screen, "┊")
        await click(screen, (x + 24, y))
        assert screen.session.view.probe == pytest.approx(2.5, abs=0.05)
        await report(screen, PRESS, (x, y))
        await report(screen, DRAG, (x - 12, y), (0, y + 1))
        await report(screen, RELEASE, (0, y + 1))
        assert screen.session.view.probe == 0.0
        await report(screen, WHEEL_UP, (x, y), (x, y))
        points = screen.session.dataset.x
        assert screen.session.view.probe == points[2]
        await report(screen, WHEEL_DOWN, (x, y))
        assert screen.session.view.probe == points[1]


async def test_a_cell_is_selected_then_edited_and_the_wheel_nudges_it() -> None:
    async with shown(opener("lab"), (80, 24)) as screen:
        y = place(screen, "│ 2 ")[1]
        at = screen.lines[y].index("0.00", 12), y  # b
        await click(screen, at)
        assert screen.session.view.selection == Selection(2, "b")
        await report(screen, WHEEL_DOWN, at, at)
        assert screen.session.state.parameters.b[2] == pytest.approx(-0.2)
        await click(screen, at)
        await screen.press("ctrl+u", "1", "enter")
        assert screen.session.state.parameters.b[2] == 1.0


async def test_tabs_and_the_keys_of_the_footer_are_clicked() -> None:
    async with shown(size=(100, 24)) as screen:  # in 80 columns the footer has no room for s
        await click(screen, place(screen, "At the probe"))
        assert "‹At the probe›" in screen.text
        x, y = place(screen, "s Step")
        await click(screen, (x + 3, y))
        await until(lambda: screen.session.state.checkpoint.step == 1)
        x, y = place(screen, "+ - Nudge")
        await click(screen, (x + 2, y))
        assert screen.session.state.parameters.w[1] < 0.0
        await click(screen, place(screen, "? Keys"))
        assert "‹Keys›" in screen.text


async def test_a_row_of_a_list_is_clicked() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "tab", "tab")
        await click(screen, place(screen, "What is 'cut off'?"))
        await until(lambda: screen.session.tour is not None)


@pytest.mark.parametrize(
    "broken", ["\x1b[<0;5", "\x1b[<0;5;7;9M", "\x1b[<0;99999999;3M", "\x1b[M !!", "\x1b[<;;M", "\x1b[<65;"]
)
async def test_a_broken_report_types_nothing(broken: str) -> None:
    async with shown(size=(80, 24)) as screen:
        before, incoming = screen.session, TerminalInput()
        for byte in broken:
            for message in incoming.feed(byte.encode()):
                screen.app.post_message(message)
        for message in incoming.give_up():
            screen.app.post_message(message)
        await screen.settled()
        assert screen.session.state is before.state
        assert not screen.session.view.typing


async def test_a_click_puts_a_point_of_a_target_that_is_drawn() -> None:
    async with shown(size=(120, 36)) as screen:
        await screen.press("T")
        x, y = place(screen, "┊")
        await click(screen, (x + 5, y + 6))
        await click(screen, (x - 5, y + 2))
        assert screen.session.view.drawing
        (x0, y0), (x1, y1) = screen.session.view.drawing.points
        assert x1 < 1.5 < x0
        assert y0 < y1
