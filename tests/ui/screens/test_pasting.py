"""What is pasted is the number that it is, or nothing."""

import pytest
from textual import events

from tests.support.screen import named, shown


async def test_a_comma_is_typed_as_a_point() -> None:
    async with shown() as screen:
        await screen.press("down", "enter", "2", "comma", "5", "enter")
        assert screen.session.state.parameters.w[2] == 2.5


@pytest.mark.parametrize(
    ("pasted", "value"), [("2,5", 2.5), ("\u22121.5", -1.5), ("1/3", None), ("1.5e\u22123", 0.0015), ("1.234,5", None)]
)
async def test_a_paste_is_the_number_that_it_is_or_leaves_the_cell_and_says_so(pasted: str, value: float | None) -> None:
    async with shown() as screen:
        await screen.press("down", "enter")
        before = screen.lines
        screen.app.post_message(events.Paste(pasted))
        await screen.press()
        refused = f'"{pasted}" is not a number, so nothing is pasted' in screen.text
        assert refused == (value is None)
        if refused:
            await screen.press("f1")  # the next key
            assert screen.lines == before
        await screen.press("enter")
        assert screen.session.state.parameters.w[2] == (value or 0.0)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=named)
async def test_a_paste_on_a_selected_cell_begins_the_edit_or_is_refused(size: tuple[int, int]) -> None:
    async with shown(size=size) as screen:
        before = screen.session
        screen.app.post_message(events.Paste("1/3"))
        await screen.press()
        assert '"1/3" is not a number, so nothing is pasted' in screen.text
        assert (screen.session.view.typing, screen.session.states) == (None, before.states)
        screen.app.post_message(events.Paste("-2,5\n"))
        await screen.press()
        assert "[-2.5" in screen.text
        assert screen.session.state == before.state
        await screen.press("enter")
        assert screen.session.state.parameters.w[1] == -2.5


async def test_what_is_pasted_after_a_minus_is_the_whole_number() -> None:
    async with shown() as screen:
        await screen.press("minus")
        screen.app.post_message(events.Paste("4"))
        await screen.press("2", "enter")
        assert screen.session.state.parameters.w[1] == 42.0
        await screen.press("u")
        assert screen.session.state.parameters.w[1] == -0.1


@pytest.mark.parametrize(("keys", "size", "reason"), [
    ("up", (120, 36), "w of unit 0 is locked"),
    ("m right", (120, 36), "enter, + and - change the side"),
    ("", (40, 12), "no room to type a value here"),
])  # fmt: skip
async def test_a_paste_where_nothing_can_be_typed_says_why(keys: str, size: tuple[int, int], reason: str) -> None:
    async with shown(size=size) as screen:
        await screen.press(*keys.split())
        before = screen.session.states
        screen.app.post_message(events.Paste("2.5"))
        await screen.press()
        assert reason in " ".join(screen.text.split())
        assert screen.session.states is before
        assert screen.session.view.typing is None
