"""step and rect on the screen: nothing asks the trainer about them, and the landscape is measured all the same."""

import numpy as np

from relutui.model.network import Network
from tests.support.screen import shown
from tests.support.sessions import opener, parameters, said, with_network

STEPS = with_network(opener("lab-free"), Network("step"), parameters([1, 1], [-1, -2], [1, 1]))


async def test_the_trainer_never_gets_them() -> None:
    async with shown(STEPS) as screen:
        await screen.press("S", "space", "p")
        assert said(screen.session).startswith("step is drawn but not trained")
        await screen.press("V")
        assert screen.session.view.name == "landscape"
        assert screen.trainer.asked == []
        assert screen.trainer.batches == []
        assert screen.trainer.prepared == []
        landscape = screen.session.findings.landscape
        assert landscape is not None
        assert np.isfinite(landscape.losses).all()


async def test_steps_asked_for_before_the_change_are_dropped() -> None:
    async with shown(opener("lab-free")) as screen:
        screen.trainer.gate.clear()
        await screen.pilot.press("S", "S", *"ffffff")
        asked = len(screen.trainer.asked)
        screen.trainer.gate.set()
        await screen.explore.settled()
        assert screen.session.state.network.activation == "step"
        assert len(screen.trainer.asked) == asked
