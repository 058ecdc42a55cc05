from dataclasses import replace

import numpy as np
import pytest

from relutui.lib.number_text import loss_text
from relutui.readout.colour import colour_of
from relutui.session import unit_edits
from relutui.session.unit_edits import Addition, append_unit
from tests.support.refits import HALF, SOLVED, ended, fewer, more, read, trained
from tests.support.sessions import opener, parameters


def test_there_are_four_networks_by_name() -> None:
    assert [panel.title for panel in read(SOLVED, fewer(SOLVED, 1)).panels] == [
        "before   ⠿ target ━ prediction",
        "without unit 1, the others as they are",
        "the others refitted from here",
        "from 3 random starts (seeds 0-2)",
    ]
    shown = read(HALF, more(HALF))
    assert [panel.title for panel in shown.panels[1:3]] == ["unit 3 added, the others as they are", "all refitted from here"]
    assert shown.panels[1].note.endswith("   kink 1.997, faces right")  # the point of the data nearest to 2


def test_two_of_them_have_no_curve_before_training() -> None:
    before, frozen, *untrained = read(SOLVED, fewer(SOLVED, 2)).panels
    assert before.prediction is not None
    np.testing.assert_allclose(np.interp([0, 1, 2, 3], *before.prediction), [2, 0, 1, 4], atol=1e-12)
    assert frozen.prediction is not None
    np.testing.assert_allclose(np.interp([0, 1, 2, 3], *frozen.prediction), [2, 0, 1, 2], atol=1e-12)
    assert frozen.note == "MSE 0.4497"
    assert [(panel.prediction, panel.note) for panel in untrained] == [(None, "not trained yet")] * 2


def test_the_first_tells_how_it_would_have_done_trained_as_long() -> None:
    refit = fewer(HALF, 2)
    assert read(HALF, refit).panels[0].note == "MSE 0.4497"
    after = ended(refit, refit.changed, SOLVED.state.parameters)
    assert read(HALF, after).panels[0].note == "MSE 0.4497, trained as long 0.0000"
    diverged = replace(after.batch_before, losses=np.full(4, np.nan))
    assert read(HALF, replace(after, batch_before=diverged)).panels[0].note == "MSE 0.4497, trained as long it diverges"


@pytest.mark.parametrize(
    ("w", "b", "word"), [(0, 0, "   dead units"), (1, -3 + 1e-7, "   parked"), (-2, 2, "   twins"), (1, -1, "")]
)
def test_why_the_one_refitted_from_here_is_no_better(w: float, b: float, word: str) -> None:
    """Unit 0 of the lab has its kink at 1, on the left; the data end at 3."""
    refit = fewer(SOLVED, 2)
    after = ended(refit, parameters([-2, w], [2, b], [1, 1]))
    note = read(SOLVED, after).panels[2].note
    assert note == f"MSE {loss_text(after.variants()[2].loss)}{word}"


def test_what_is_solved_needs_no_reason() -> None:
    session = unit_edits.add_unit(SOLVED)  # a third that does nothing, and a fourth that is dead
    exact = parameters([-2, 1, 2, 0], [2, -1, -4, 0], [1, 1, 1, 1])
    assert read(session, ended(more(session), append_unit(exact, Addition(1.0, 1.0, 0.0)))).panels[2].note == "MSE 0.0000"


def test_an_exact_curve_has_one_loss_whatever_its_rounding() -> None:
    """1e-6 off everywhere, which is 1e-12 of an MSE, and 300 times that of the 300 points' sum."""
    for kind in ("mse", "sse"):
        settings = replace(SOLVED.state.settings, loss=kind)
        session = SOLVED.with_state(replace(SOLVED.state, settings=settings))
        refit = fewer(session, 2)
        after = ended(refit, refit.changed, replace(refit.before, c=1e-6))
        assert read(session, after).panels[0].note == f"{kind.upper()} 0.0000, trained as long 0.0000"


def test_the_best_start_is_named_by_its_seed() -> None:
    refit = trained(fewer(SOLVED, 2), 2)
    assert read(SOLVED, refit).panels[3].note.endswith(f"   the best: seed {refit.variants()[3].seed}")


def test_one_that_diverged_has_no_curve() -> None:
    refit = trained(fewer(SOLVED, 2), 1)
    refit = replace(refit, batch=replace(refit.batch, losses=np.array([np.nan, 1.0, 2.0, 3.0])))
    assert read(SOLVED, refit).panels[2][1:] == ("diverged", None, ())


def test_a_unit_keeps_its_colour_when_one_before_it_goes() -> None:
    before, frozen, *_ = read(SOLVED, fewer(SOLVED, 1)).panels
    assert [(kink.x, kink.colour) for kink in before.kinks] == [(1, colour_of(0)), (1, colour_of(1)), (2, colour_of(2))]
    assert [(kink.x, kink.y, kink.colour) for kink in frozen.kinks] == [(1, 0, colour_of(0)), (2, 0, colour_of(2))]


def test_smooth_units_have_no_kinks() -> None:
    softplus = opener("dosage-softplus")
    shown = read(softplus, more(softplus))
    assert not any(panel.kinks for panel in shown.panels)
    assert "kink" not in shown.panels[1].note


def test_the_axes_hold_still_while_it_trains() -> None:
    refit = fewer(SOLVED, 2)
    assert read(SOLVED, refit).y_limits == read(SOLVED, trained(refit, 50)).y_limits
    low, high = read(SOLVED, refit).y_limits
    assert low <= 0 < 4 <= high


def test_steps_and_keys_are_told() -> None:
    refit = trained(fewer(SOLVED, 2), 8)
    resting, running = read(SOLVED, refit), read(SOLVED, refit, 4008)
    assert (resting.progress, running.progress) == ("8 steps", "8 of 4,008 steps")
    assert read(SOLVED, refit, 4008, seconds_left=12.4).progress == "8 of 4,008 steps   12 s left"
    assert ("space", "4,000 more steps") in resting.footer.keys
    assert "space" not in dict(running.footer.keys)
    assert (resting.footer.last, running.footer.last) == ((("esc", "Back"),), (("esc", "Stop"),))
    assert read(SOLVED, fewer(SOLVED, 2), problem="no compiler")[2] == "not trained"


@pytest.mark.parametrize("name", ["parabola", "dosage-relu", "activations"])
def test_any_scenario_can_have_one_more(name: str) -> None:
    session = opener(name)
    shown = read(session, trained(more(session), 2))
    assert all(panel.prediction for panel in shown.panels)
    assert shown.comparison
