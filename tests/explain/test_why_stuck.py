"""Why training stands still: what was tried, the best that is known, and where it is said; figures of subject.md."""

import asyncio
import sys
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from relutui.explain.default_message import default_message
from relutui.explain.why_stuck import missing_trial
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.model.trainer import Diverged
from relutui.readout.status import read_status
from relutui.readout.strips import read_strips
from relutui.readout.table import read_table
from relutui.scenario.reader import parse
from relutui.session import edits, unit_edits
from relutui.session.findings import BestFound, Trial
from relutui.session.session import Session, open_session
from relutui.ui.widgets.status import status
from relutui.ui.widgets.strips import strips
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, open_state, opener, parameters, said, with_network, with_values
from tests.support.standing_still import BEST_OF_TWO, at_rate, standing, trained, tried, why


def test_where_the_numbers_are_to_blame_the_advice_is_what_to_do_with_them() -> None:
    years = parse('title = "T"\n[target]\nknots = [[1950, 0], [1970, 0], [1990, 2]]\n[init]\nunits = 3', "years", None)
    session = at_rate(open_session(years), 10.0)
    with pytest.raises(Diverged) as end:
        asyncio.run(FakeTrainer().train(session.state.checkpoint, session.state.problem(session.dataset), 100))
    advice = 'x is far from 0: press % for scale = "standard" under [target], or training does badly'
    assert said(edits.record_divergence(session, end.value, 1)).endswith(advice)
    off = with_values(session, **{f"{name}{unit}": -1.0 for name in "wb" for unit in range(3)})
    assert why(standing(off)).text.endswith(f"{advice[0].upper()}{advice[1:]}.")


def test_a_local_minimum_and_what_makes_it_one() -> None:
    """The lab without unit 2: three pieces, one free unit."""
    session = unit_edits.remove_unit(edits.select(open_lab(**BEST_OF_TWO), Selection(2, "w")))
    found = why(standing(session))
    assert found[:3] == ("local minimum", (), "stuck: local minimum")
    assert "another start may do better (R; g shows many)" in found.text
    assert "1 free unit can bend the curve once" in found.text


def of_two(found: float | None = None, possible: tuple[float, ...] = ()) -> Session:
    """The lab without unit 2, at its best, after many starts had ended at `found`, or with what is possible known."""
    session = unit_edits.remove_unit(edits.select(open_lab(**BEST_OF_TWO), Selection(2, "w")))
    state = session.state
    tried = () if found is None else (BestFound.of(state.problem(session.dataset), state.parameters, found),)
    return standing(session.with_findings(best_found=tried, lower_bounds=possible))


def test_the_best_that_many_starts_found() -> None:
    assert why(of_two(found=0.0300))[:3] == ("best", (), "best for 2 units")
    assert "none ended below 0.0300" in why(of_two(found=0.0300)).text
    assert "lowers the loss; the best found is 0.0200." in why(of_two(found=0.02)).text


def test_what_the_starts_ended_at_is_not_told_as_the_lowest_where_something_lower_was_seen() -> None:
    """They ended at 1.0, and the present state is at 0.0300: none ended below that."""
    assert "none ended below 0.0300" in why(of_two(found=1.0)).text


def test_what_was_seen_by_hand_counts_too() -> None:
    """0.0300 before; now 0.4497, which is better than the starts were."""
    two = unit_edits.remove_unit(edits.select(opener("lab"), Selection(2, "w")))
    session = with_values(with_values(two, **BEST_OF_TWO), w1=1, b1=-1)
    state = session.state
    session = session.with_best_found(BestFound.of(state.problem(session.dataset), state.parameters, 1.0))
    settled = standing(at_rate(session, 1e-3))
    assert settled.loss == pytest.approx(0.4497, abs=5e-5)
    assert why(settled).kind == "local minimum"
    assert "the best found is 0.0300" in why(settled).text


def test_what_many_starts_found_with_other_locks_is_another_matter() -> None:
    session = of_two(found=0.0300)
    for locked in ((None,) * 7, (1.0, *session.findings.best_found[0].locked[1:])):
        found = session.findings.best_found[0]._replace(locked=locked)
        assert why(session.with_findings(best_found=(found,))).kind == "local minimum"


def test_the_best_possible() -> None:
    """Two kinks may at best leave the third number."""
    assert why(of_two(possible=(1.0, 0.1, 0.0299))).kind == "best"
    assert why(of_two(possible=(1.0, 0.1, 0.02))).kind == "local minimum"
    assert why(of_two(possible=(1.0, 0.0299))).kind == "local minimum"


def test_with_every_kink_locked_there_is_one_minimum() -> None:
    """c alone: the best is the mean of what the units leave."""
    session = opener("lab")
    everything = replace(session.state.locks, w=[True] * 3, b=[True] * 3, v=[True] * 3, c=False)  # type: ignore[arg-type]
    p = session.state.parameters
    apart = session.dataset.y - session.state.network.prediction(p, session.dataset.x)
    at_best = edits.set_parameter(
        session.with_state(replace(session.state, locks=everything)), Selection(3, "c"), float(apart.mean())
    )
    assert why(standing(at_best))[:2] == ("best", ())


def test_with_every_kink_locked_training_may_be_far_from_the_one_minimum() -> None:
    """0.344 by least squares for v and c, the only ones that are free."""
    session = open_state("all-kinks-locked")
    columns = [1.0 / (1.0 + np.exp(-(w * session.dataset.x + b))) for w, b in ((-0.08, 0.49), (-0.63, -0.61), (0.21, 1.2))]
    _, (least,), _, _ = np.linalg.lstsq(np.stack([*columns, np.ones(5)], axis=1), session.dataset.y)
    assert least == pytest.approx(0.344, abs=5e-4)
    found = why(trained(session, 200))
    assert found[:3] == ("slow", (), f"slow: v and c can do {least:.4f}")
    assert f"the loss has only one minimum, {least:.4f}, and training is still at 1.73" in found.text
    assert "The key b" in found.text
    later = why(tried(trained(session, 200), ("", "", 1.65)))
    assert later.text.endswith(
        f"With every kink locked the loss has only one minimum, {least:.4f}. The key b sets v and c to it at once."
    )


DEAD_UNIT = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0))


def test_what_would_help_is_told_with_what_it_led_to() -> None:
    helped = why(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "kink 2 at x = 2.1", 0.0012)))
    assert helped.kind == "dead"
    assert helped.text.endswith(" Tried kink 2 at x = 2.1: 0.0012 instead of 0.0300 after 4,000 steps.")


@pytest.mark.parametrize("loss", [0.0299, 0.04, float("nan")])
def test_what_was_tried_in_vain_is_no_reason(loss: float) -> None:
    assert why(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "kink 2 at x = 2.1", loss))).kind == "local minimum"


def test_what_could_not_be_tried_is_advised_without() -> None:
    untried = DEAD_UNIT.with_findings(trials=(Trial(DEAD_UNIT.state, "dead", "", 0, float("nan")),))
    assert why(untried) == why(DEAD_UNIT)


def test_a_plateau_from_which_the_same_run_escapes_is_slow_and_not_stuck() -> None:
    found = why(tried(DEAD_UNIT, ("", "", 0.0125)))
    assert found[:3] == ("slow", (), "slow: 0.0125 in 4,000 steps")
    assert found.text == "Slow, not stuck: the loss stands still at 0.0300, but 4,000 more steps bring it to 0.0125."
    assert why(tried(DEAD_UNIT, ("", "", 0.0298))).kind == "dead"
    diverged = why(tried(DEAD_UNIT, ("", "", float("nan"))))
    assert diverged.kind == "rate too large"
    assert "the same run diverges within 4,000 more steps" in diverged.text


def test_the_trials_of_another_state_count_for_nothing() -> None:
    other = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.5))
    assert why(other.with_findings(trials=tried(DEAD_UNIT, ("", "", 0.0125)).findings.trials)).kind == "dead"


def test_which_trials_are_missing() -> None:
    assert missing_trial(open_lab()) is None
    assert missing_trial(DEAD_UNIT) == ("", ())
    assert missing_trial(tried(DEAD_UNIT, ("", "", 0.03))) == ("dead", (2,))
    assert missing_trial(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "it", 0.01))) is None
    assert missing_trial(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "it", 0.03))) is None


def test_the_best_line_through_points_of_one_x_is_level() -> None:
    """Of y = 0 and y = 2 at one x no line is nearer than their mean, with an MSE of 1."""
    points = parse('title = "-"\n[target]\npoints = [[1, 0], [1, 2]]\n[init]\nunits = 1\n', "points", None)
    session = with_network(open_session(points), Network("identity"), parameters([1], [0], [1]))
    assert session.loss == 1.0
    assert why(standing(session)).text.startswith("Identity units add up to one straight line, and this is about the best one.")


def test_it_is_said_and_the_units_are_marked() -> None:
    session = trained(opener("lab-zero-start"), 200)
    assert default_message(session) == why(session).text
    assert [row.notes["state"] for row in read_table(session).rows] == ["locked", "!dead", "!dead"]
    heads = [line.plain[:4] for line in strips(read_strips(session), 80, 10)][:3]
    assert heads == [" 0  ", "▸1! ", " 2! "]


@pytest.mark.parametrize(("width", "seen"), [(120, True), (80, True), (50, False)])
def test_the_status_gives_up_the_reason_before_the_loss(width: int, seen: bool) -> None:
    readout = read_status(trained(opener("lab-zero-start"), 200))
    line = next(iter(status(readout, width, 1))).plain
    assert "MSE 2.4630" in line
    assert ("stuck: slope at the kink" in line) is seen


def test_it_is_found_out_once_for_all_panels_and_again_when_more_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["relutui.explain.why_stuck"]
    tail = Mock(side_effect=module.loss_tail)
    monkeypatch.setattr(module, "loss_tail", tail)
    session = of_two()
    for same in (session, session.say("hello"), session.with_view(tab="strips")):
        for read in (read_status, read_strips, read_table, default_message):
            read(same)
    assert tail.call_count == 1
    assert why(session).kind == "local minimum"
    assert why(session.with_findings(lower_bounds=(1.0, 1.0, 1.0))).kind == "best"
    assert tail.call_count == 2
