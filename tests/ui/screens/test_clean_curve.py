"""A target with noise on the screen: the curve under it is named, and so is the loss to it."""

from relutui.scenario.reader import parse
from relutui.session.clean_curve import clean_loss
from relutui.session.session import open_session
from tests.support.screen import shown
from tests.support.sessions import opener

NOISY = open_session(
    parse(
        'title = "t"\n[target]\nexpression = "x**2"\ndomain = [-2, 2]\nnoise = 0.3\n[init]\nunits = 3\n',
        "noisy",
        None,
    )
)


async def test_the_clean_curve_is_named_and_the_loss_to_it_said() -> None:
    async with shown(NOISY) as screen:
        assert "╶ clean" in screen.text
        assert f"MSE {NOISY.loss:.4f}   to the clean curve {clean_loss(NOISY):.4f}" in screen.text
        assert "┈□ preview" not in screen.text
        await screen.press("p")
        assert "┈□ preview" in screen.text


async def test_without_noise_nothing_is_said_of_it() -> None:
    async with shown(opener("parabola")) as screen:
        assert "clean" not in screen.text
