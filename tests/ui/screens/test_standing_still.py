"""What the screen says once the loss has stood still."""

from tests.support.screen import shown
from tests.support.sessions import opener


async def test_it_is_said_in_place_of_what_was_said_before() -> None:
    async with shown(opener("lab-zero-start"), (80, 24)) as screen:
        await screen.press("left_parenthesis")
        assert "learning rate 0.025" in screen.text
        await screen.press("S")
        assert "stuck: slope at the kink" in screen.lines[0]
        assert "Stuck: z of units 1 and 2 is exactly 0" in screen.text
        assert "!dead" in screen.text
        await screen.press("k")
        assert "slope at the kink, relu'(0) = 0.5 from now on" in screen.text
        assert "stuck" not in screen.text


async def test_an_error_stays() -> None:
    async with shown(opener("lab-zero-start"), (80, 24)) as screen:
        screen.explore.session = screen.session.say("no such file", error=True)
        await screen.press("S")
        assert "✗ no such file" in screen.text
        assert "stuck: slope at the kink" in screen.lines[0]
