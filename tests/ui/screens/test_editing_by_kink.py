import pytest
from textual import events

from relutui.model.selection import Selection
from relutui.session.session import Session
from relutui.ui.screens import panels
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab, said

SIZES = [(80, 24), (120, 36)]


def half() -> Session:
    """Unit 1 is (1, -1): kink 1, slope 1, on to the right."""
    return open_lab(w1=1, b1=-1)


def of_unit(screen: Screen, row: int) -> tuple[float, float]:
    p = screen.session.state.parameters
    return float(p.w[row]), float(p.b[row])


def table(screen: Screen) -> list[list[str]]:
    """The words of the table's header and units."""
    start = next(row for row, line in enumerate(screen.lines) if " #  " in line)
    return [line.replace("╮", "│").split("│")[-2].split() for line in screen.lines[start : start + 4]]


def w_and_b(screen: Screen, row: int) -> list[str]:
    """What stands behind the locked v of a unit."""
    words = table(screen)[row + 1]
    return words[words.index("1.00=") + 1 :][:2]


@pytest.mark.parametrize("size", SIZES)
async def test_the_exercise_is_solved_by_kinks_and_slopes(size: tuple[int, int]) -> None:
    async with shown(size=size) as screen:
        await screen.press("m")
        assert table(screen)[0][:7] == ["#", "kink", "slope", "side", "v", "w", "b"]
        assert table(screen)[1][:7] == ["0", "1.00=", "2.00=", "left=", "1.00=", "-2.00", "2.00"]
        assert "w and b follow" in screen.text
        await screen.press("left", "1", "tab", "1", "enter")
        assert of_unit(screen, 1) == (1, -1)
        await screen.press("down", "left", "2", "enter")
        assert table(screen)[3][:4] == ["2", "[", "2.00?]", "0.00"]
        assert "Kink 2.00 of unit 2 waits for its slope" in screen.text
        await screen.press("right", "2", "enter")
        assert of_unit(screen, 2) == (2, -4)
        assert "✓ solved" in screen.lines[0]
        await screen.press("m")
        assert table(screen)[3][:3] == ["2", "[", "2.00"]
        assert table(screen)[0][:6] == ["#", "w", "b", "v", "kink", "side"]


@pytest.mark.parametrize("size", SIZES)
async def test_everything_follows_as_one_types_and_esc_takes_it_back(size: tuple[int, int]) -> None:
    async with shown(half(), size) as screen:
        await screen.press("m", "left", "down", "up")
        before, state = screen.text, screen.session.state
        await screen.press("2")
        assert w_and_b(screen, 1) == ["1.00", "-2.00"]  # w stays, b follows
        chart, typed = screen.lines[1:10], screen.text
        await screen.press("full_stop", "5")
        assert w_and_b(screen, 1) == ["1.00", "-2.50"]
        assert screen.lines[1:10] != chart
        assert screen.session.state is state
        await screen.press("backspace", "backspace")
        assert screen.text == typed
        await screen.press("escape")
        assert screen.text == before
        assert screen.session.state is state


async def test_what_is_no_number_yet_is_not_followed() -> None:
    async with shown(half()) as screen:
        await screen.press("right", "enter")
        status = screen.lines[0]
        await screen.press("minus")
        assert screen.lines[0] == status
        await screen.press("2")
        assert screen.lines[0] != status
        await screen.press("e")
        assert screen.lines[0] == status


async def test_what_is_typed_is_one_entry() -> None:
    async with shown(half()) as screen:
        await screen.press("m", "3", *"00", "backspace", "backspace", "enter")
        assert of_unit(screen, 1) == (3, -3)
        await screen.press("u")
        assert of_unit(screen, 1) == (1, -1)
        assert said(screen.session) == "undone: slope of unit 1"


async def test_the_y_range_holds_still_while_one_types() -> None:
    async with shown(half()) as screen:
        limits = screen.session.view.y_limits
        await screen.press("9", "9", "9")
        assert "4.0┤" in screen.text
        assert screen.session.view.y_limits == limits
        await screen.press("enter")
        assert "4.0┤" not in screen.text


async def test_the_side_is_changed_by_enter_and_by_nudges() -> None:
    async with shown(half()) as screen:
        await screen.press("m", "right", "enter")
        assert of_unit(screen, 1) == (-1, 1)
        assert table(screen)[2][3:5] == ["[", "left"]
        assert "enter Other side" in screen.text
        await screen.press("plus")
        assert of_unit(screen, 1) == (1, -1)
        await screen.press("1")
        assert not screen.session.view.typing
        assert "enter, + and - change the side" in screen.text


async def test_a_locked_kink_is_not_typed() -> None:
    async with shown(half()) as screen:
        await screen.press("m", "left", "l", "5")
        assert not screen.session.view.typing
        assert "b of unit 1 is locked; l unlocks it" in screen.text
        await screen.press("right", "5")
        assert "so the kink could not stay" in screen.text


async def test_at_40_by_12_the_value_is_in_words() -> None:
    async with shown(half(), (40, 12)) as screen:
        await screen.press("m", "left", "right")
        assert "slope1 1.00" in screen.text
        await screen.press("right")
        assert "side1 right" in screen.text


async def test_keys_typed_ahead_find_the_right_cell_though_the_terminal_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown() as screen:
        monkeypatch.setattr(panels, "is_behind", lambda app: True)
        for key in ("m", "left", "1", "tab", "1", "tab", "down", "left", "left", "2", "tab", "2", "enter"):
            screen.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(lambda: of_unit(screen, 2) == (2, -4))
        assert of_unit(screen, 1) == (1, -1)
        assert screen.session.view.selection == Selection(2, "slope")
