"""Keys of the user's own, as relutui.toml names them."""

from relutui.commands.contents import by_id
from tests.support.screen import shown

OWN = {"f5": by_id("nudge-up"), "&": by_id("run"), "f6": by_id("redo")}


async def test_a_key_of_ones_own_does_what_its_command_does() -> None:
    async with shown(own_keys=OWN) as screen:
        await screen.press("f5", "f5", "u")
        assert screen.session.state.parameters.w[1] == 0.0  # repeated nudges are one entry
        await screen.press("f6")
        assert screen.session.state.parameters.w[1] == 0.2
        await screen.press("ampersand")
        assert screen.session.running
        await screen.press("space")
        assert not screen.session.running


async def test_it_is_not_obeyed_while_a_value_is_typed() -> None:
    async with shown(own_keys=OWN) as screen:
        await screen.press("enter", "1", "f5", "enter")
        assert screen.session.state.parameters.w[1] == 1.0


async def test_it_is_in_the_list_of_keys() -> None:
    async with shown(size=(120, 36), own_keys=OWN) as screen:
        await screen.press("question_mark", "end")
        assert "nudge the parameter up by its step (your own key)" in " ".join(screen.text.split())
