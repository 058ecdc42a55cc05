"""Why training stands still; the figures are those of subject.md."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from relutui.explain.default_message import default_message
from relutui.explain.idle_units import twins
from relutui.explain.stuck_reason import StuckReason
from relutui.explain.why_stuck import missing_trial, stuck_reason
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.model.trainer import Diverged
from relutui.model.training import Optimizer
from relutui.model.unit_states import diagnose
from relutui.readout.status import read_status
from relutui.readout.strips import read_strips
from relutui.readout.table import read_table
from relutui.scenario.reader import parse
from relutui.session import edits, output_edits, settings_edits, unit_edits
from relutui.session.findings import BestFound, Trial
from relutui.session.session import Session, open_session
from relutui.ui.widgets.status import status
from relutui.ui.widgets.strips import strips
from tests.support.fake_trainer import FakeTrainer, sample_of
from tests.support.sessions import open_lab, open_state, opener, parameters, said, with_network, with_values

BEST_OF_TWO = {"w1": 2.438, "b1": -3.556}  # with unit 0 and v = 1, c = 0: the best of two units, MSE 0.0300
EVERY = 4  # steps from one sample to the next


def trained(session: Session, steps: int) -> Session:
    checkpoint = asyncio.run(FakeTrainer().train(session.state.checkpoint, session.state.problem(session.dataset), steps))
    return edits.record_training(session, checkpoint, run=0)


def after(session: Session, losses: Sequence[float]) -> Session:
    """The session after steps with these losses, in its present state."""
    checkpoint = session.state.checkpoint
    history = tuple(sample_of(checkpoint.parameters, number * EVERY, loss) for number, loss in enumerate(losses))
    return edits.record_training(session, replace(checkpoint, step=EVERY * len(losses), history=history), run=0)


def standing(session: Session, samples: int = 100) -> Session:
    return after(session, [session.loss] * samples)


def at_rate(session: Session, rate: float, optimizer: Optimizer = "sgd") -> Session:
    settings = replace(session.state.settings, learning_rate=rate, optimizer=optimizer)
    return session.with_state(replace(session.state, settings=settings))


def why(session: Session) -> StuckReason:
    found = stuck_reason(session)
    assert found is not None
    return found


def test_the_lab_from_its_zero_start_never_moves() -> None:
    """With relu'(0) = 0 every gradient is zero: the MSE stays at 2.463."""
    session = trained(opener("lab-zero-start"), 200)
    assert session.loss == pytest.approx(2.4630, abs=5e-5)
    assert why(session)[:3] == ("slope at the kink", (1, 2), "stuck: slope at the kink")
    assert "k takes 1/2 or 1" in why(session).text


def test_no_parameter_is_advised_that_a_lock_holds() -> None:
    session = opener("lab-zero-start")
    locked = replace(session.state.locks, w=np.array([True, True, True]))
    only_b = standing(session.with_state(replace(session.state, locks=locked)))
    assert why(only_b).text.endswith("k takes 1/2 or 1 instead; or set b by hand.")
    assert why(standing(session)).text.endswith("k takes 1/2 or 1 instead; or set w and b by hand.")


def test_where_the_numbers_are_to_blame_the_advice_is_what_to_do_with_them() -> None:
    years = parse('title = "T"\n[target]\nknots = [[1950, 0], [1970, 0], [1990, 2]]\n[init]\nunits = 3', "years", None)
    session = at_rate(open_session(years), 10.0)
    with pytest.raises(Diverged) as end:
        asyncio.run(FakeTrainer().train(session.state.checkpoint, session.state.problem(session.dataset), 100))
    advice = 'x is far from 0: press % for scale = "standard" under [target], or training does badly'
    assert said(edits.record_divergence(session, end.value, 1)).endswith(advice)
    off = with_values(session, **{f"{name}{unit}": -1.0 for name in "wb" for unit in range(3)})
    assert why(standing(off)).text.endswith(f"{advice[0].upper()}{advice[1:]}.")


def test_with_another_slope_at_the_kink_it_ends_with_twins() -> None:
    session = trained(at_rate(settings_edits.next_slope_at_kink(opener("lab-zero-start")), 0.1), 3000)
    assert session.loss == pytest.approx(0.0300, abs=5e-5)
    assert why(session)[:3] == ("twins", (1, 2), "stuck: twins 1, 2")


def test_a_random_start_ends_with_a_dead_unit() -> None:
    session = trained(open_session(opener("lab").scenario, seed=3), 200)
    assert why(session)[:3] == ("dead", (1, 2), "stuck: dead units 1 and 2")


@pytest.mark.parametrize("b", [1e-8, 1e-3])
def test_a_unit_that_is_hardly_on_at_the_edge_is_parked(b: float) -> None:
    """1e-8: by its activations; 1e-3: on at x = 0 alone, of 300 points."""
    session = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=b))
    assert session.loss == pytest.approx(0.0300, abs=1e-4)
    assert why(session)[:3] == ("parked", (2,), "stuck: parked unit 2")


def test_one_dead_unit() -> None:
    session = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0))
    assert why(session).text == (
        "Stuck in a local minimum: unit 2 is dead: z is 0 or below at every point, so its gradient is zero. "
        "Move its kink into the data, or try another start (R; g shows many)."
    )


def test_many_units_are_counted_in_the_status() -> None:
    """Five units with one kink and side, and five that are off at every point."""
    same = points("[[0, 0], [1, 1], [2, 0], [3, 3]]", *["w = 1\nb = -2.3\nv = 0.1"] * 5)
    found = twins(same, diagnose(same.state.network, same.state.parameters, same.dataset, same.domain))
    assert found
    assert found.summary == "stuck: 5 twins"
    held = "[network]\noutput_bias = 1\nlock_output_bias = true"
    off = points("[[0, 0], [1, 1], [2, 0], [3, 3]]", *["w = -1\nb = -1\nv = 0.1"] * 5, rest=held)
    assert why(standing(off)).summary == "stuck: 5 dead units"


def test_a_slope_at_the_kink_that_no_step_would_show_is_no_reason() -> None:
    """tanh of -57 at x = 0, where z of unit 1 is 0: its slope there, 4 exp(-114), is 1e-49 and less than any float32."""
    far = ("w = 0\nb = 57\nv = -1\nlock = ['w', 'b', 'v']", "w = 3\nb = 0\nv = 1\nlock = ['v']")
    rest = "[network]\noutput_activation = 'tanh'\nlock_output_bias = true"
    session = points("[[-1, 3], [0, 3]]", *far, rest=rest)
    assert why(standing(session)).kind != "slope at the kink"
    near = points("[[-1, 3], [0, 3]]", far[0].replace("57", "1"), far[1], rest=rest)
    assert why(standing(near)).kind == "slope at the kink"


def test_what_is_locked_is_no_cause() -> None:
    session = edits.select(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0), Selection(2, "w"))
    session = standing(edits.toggle_unit_lock(session))
    assert why(session)[:2] == ("local minimum", ())


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("rate", [1e-7, 1e-10])
def test_a_rate_that_is_far_too_small(optimizer: Optimizer, rate: float) -> None:
    """In 200 steps the loss falls by less than 1e-4 of itself, though a 100 times longer step would do."""
    session = trained(at_rate(open_session(opener("lab").scenario, seed=4), rate, optimizer), 200)
    assert why(session)[:3] == ("rate too small", (), "stuck: rate too small")


def test_the_rate_matters_more_than_a_unit_that_is_dead() -> None:
    session = trained(at_rate(open_lab(w1=2.0, b1=-1.0, w2=-1.0, b2=-1.0), 1e-7), 200)
    assert why(session).kind == "rate too small"


def test_a_rate_that_is_too_large_goes_up_and_down() -> None:
    session = trained(at_rate(open_session(opener("lab").scenario, seed=4), 1.0, "adam"), 1000)
    assert why(session)[:3] == ("rate too large", (), "stuck: rate too large")
    assert why(session).text.startswith("The learning rate 1 is too large: the loss goes up and down, between 0.0")


def test_samples_may_all_be_of_one_place_of_a_swing() -> None:
    """The gradient is far from zero, and a step of 5 times it would do much: yet the loss was the same all the time."""
    session = standing(at_rate(open_lab(w1=1.0, w2=1.0, b2=-1.5), 5.0))
    assert why(session).kind == "rate too large"


def test_a_loss_that_falls_is_not_stuck() -> None:
    session = open_lab(w1=1.0)
    assert stuck_reason(trained(session, 200)) is None
    # By 1 % in the last 200 steps: it takes 14,000 to halve.
    assert stuck_reason(after(session, [session.loss * (1.0 + 0.01 * (100 - i) / 50) for i in range(100)])) is None
    # By 1e-4 in 200 steps it takes a million.
    assert stuck_reason(after(session, [session.loss * (1.0 + 1e-4 * (100 - i) / 50) for i in range(100)]))


def test_a_loss_that_gets_lower_as_it_swings_is_not_stuck() -> None:
    session = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    swing = [session.loss * (1.0 + 0.1 * (i % 2)) for i in range(100)]
    assert why(after(session, swing)).kind == "rate too large"
    assert stuck_reason(after(session, [loss * (1.0 + 0.01 * (100 - i)) for i, loss in enumerate(swing)])) is None


@pytest.mark.parametrize(
    ("led_to", "kind"), [(0.0300, "swing"), (0.0310, "swing"), (0.0290, "rate too large"), (float("nan"), "rate too large")]
)
def test_where_a_lower_rate_leads_no_lower_it_is_not_the_reason(led_to: float, kind: str) -> None:
    """A swing between 0.0300 and 0.0330: what a lower rate led to counts beside the lowest."""
    session = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    swinging = after(session, [session.loss * (1.0 + 0.1 * (i % 2)) for i in range(100)])
    found = why(tried(swinging, ("", "", session.loss), ("rate too large", "rate 0.00625", led_to)))
    assert found.kind == kind
    if kind == "swing":
        assert found.text == (
            "The loss goes up and down, between 0.0300 and 0.0330, but the learning rate is not what keeps it there. Tried "
            f"rate 0.00625: no lower than {led_to:.4f} after 4,000 steps. One unit more (A) or another start (R) may do better."
        )


def test_losses_that_are_told_apart_read_so() -> None:
    """0.0300 and 0.15 % more; and a small one and 2 % less."""
    session = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    swing = why(after(session, [session.loss * (1.0 + 0.0015 * (i % 2)) for i in range(100)]))
    assert "between 0.0300 and 0.0300" not in swing.text
    assert f"between {session.loss:.5f} and {1.0015 * session.loss:.5f}," in swing.text
    small = standing(open_lab(w1=1.0, b1=-1.0, w2=2.0, b2=-3.94))
    assert f"{small.loss:.4f}" == f"{0.98 * small.loss:.4f}"
    escaped = why(tried(small, ("", "", 0.98 * small.loss)))
    assert f"stands still at {small.loss:.5f}, but 4,000 more steps bring it to {0.98 * small.loss:.5f}." in escaped.text


def test_a_swing_about_the_lowest_loss_possible_is_at_the_best() -> None:
    session = unit_edits.remove_unit(edits.select(open_lab(**BEST_OF_TWO), Selection(2, "w")))
    known = session.with_findings(lower_bounds=(1.0, 0.1, 0.0299))
    found = why(after(known, [known.loss * (1.0 + 0.1 * (i % 2)) for i in range(100)]))
    assert (found.kind, found.summary) == ("best", "best for 2 units")


def test_a_few_steps_tell_nothing() -> None:
    session = opener("lab-zero-start")
    assert stuck_reason(session) is None
    assert stuck_reason(trained(session, 99)) is None
    assert stuck_reason(trained(session, 100))


def test_a_change_by_hand_begins_anew() -> None:
    session = trained(opener("lab-zero-start"), 200)
    changed = settings_edits.next_optimizer(session)
    assert stuck_reason(changed) is None
    assert stuck_reason(trained(changed, 99)) is None
    assert stuck_reason(trained(changed, 100))
    assert stuck_reason(edits.undo(changed)) == stuck_reason(session)


def test_solved_is_not_stuck() -> None:
    """The two-unit lab counts as solved below 0.031, the whole lab at 0."""
    assert stuck_reason(standing(with_values(opener("lab-two-units"), **BEST_OF_TWO))) is None
    assert stuck_reason(standing(open_lab(w1=1, b1=-1, w2=2, b2=-4))) is None
    four = opener("four-relus")  # no exercise, but its loss is 0 at the start
    assert stuck_reason(standing(four)) is None


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
        found = replace(session.findings.best_found[0], locked=locked)
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


def test_an_output_relu_that_lets_nothing_through() -> None:
    session = opener("dosage-relu")
    off = with_network(session, session.state.network, replace(session.state.parameters, c=-100.0))
    unlocked = replace(off.state.locks, w=[False] * 2, b=[False] * 2, v=[False] * 2, c=False)  # type: ignore[arg-type]
    assert why(standing(off.with_state(replace(off.state, locks=unlocked)))).kind == "output off"


def test_where_c_is_locked_another_parameter_is_named_that_switches_the_output_on() -> None:
    """c = -3 and v (x + 0.5): at x = 1 the sum is above 0 for v above 3 / 1.5, or with v = 1 for b above 2."""
    session = open_state("output-off-c-locked")
    assert why(standing(session)).text.endswith("c is locked (l unlocks it); a v of unit 0 above 2 switches it on.")
    without_v = edits.toggle_lock(edits.select(session, Selection(0, "v")))
    assert why(standing(without_v)).text.endswith("a b of unit 0 above 2 switches it on.")
    without_b = edits.toggle_lock(edits.select(without_v, Selection(0, "b")))
    assert why(standing(without_b)).text.endswith("and no other free parameter switches it on alone.")
    free = edits.toggle_lock(edits.select(session, Selection(1, "c")))
    assert why(standing(free)).text.endswith("A c above -1.5 switches it on.")  # the unit adds 1.5 at x = 1
    assert "a v of unit 0 above 2 switches it on" in why(standing(with_values(session, v0=-1e17))).text
    on = edits.set_parameter(session, Selection(0, "v"), 2.01)
    assert not (on.state.network.prediction(on.state.parameters, on.dataset.x) == 0.0).all()


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


def points(text: str, *units: str, rest: str = "") -> Session:
    """A session of points and units in TOML."""
    return open_session(
        parse(f"title = 'T'\n[target]\npoints = {text}\n{rest}\n" + "".join(f"[[unit]]\n{u}\n" for u in units), "t", None)
    )


HILL: list[list[float]] = [
    [-2, 0],
    [-1.8, 0],
    [-1.6, 0],
    [-1.4, 0],
    [-1.2, 0],
    [-1, 0],
    [1, 0],
    [1.2, 0.2],
    [1.4, 0.4],
    [1.6, 1.6],
    [1.8, 0.8],
    [2, 0],
]


def test_a_kink_in_a_gap_of_the_data_has_to_get_past_its_end() -> None:
    """Right of the gap the error is larger; where it is larger to the left, the kink has to get past -1."""
    session = solved(points(str(HILL), "w = 1\nb = 0\nv = 0.5", "w = 1\nb = -0.5\nv = 0.5"))
    found = why(standing(session))
    assert found[:3] == ("gap", (1,), "stuck: kinks in a gap")
    assert (
        "every kink inside the data lies between x = -1 and 1, where there are no points. One has to get past x = 1"
        in found.text
    )
    mirrored = solved(points(str([[-x, y] for x, y in HILL]), "w = -1\nb = 0\nv = 0.5"))
    assert "the only kink inside the data lies between x = -1 and 1" in why(standing(mirrored)).text
    assert "has to get past x = -1" in why(standing(mirrored)).text
    even = solved(points(str([[x, y] for x, (_, y) in enumerate(HILL)]), "w = 1\nb = -5.5\nv = 0.5"))
    assert why(standing(even)).kind != "gap"


def test_kinks_that_all_units_share_make_one_bend() -> None:
    session = solved(points(str(HILL), "w = 1\nb = 0\nv = 1\nlock = ['b']", "w = -1\nb = 0\nv = 1\nlock = ['b']"))
    near = session.with_state(replace(session.state, network=Network("leaky_relu")))
    for one in (session, near):
        assert why(standing(one)).kind in {"gap", "shared kink"}
    evenly = [[x / 4, y] for x, (_, y) in zip(range(-5, 7), HILL)]
    session = solved(points(str(evenly), "w = 1\nb = 0\nv = 1\nlock = ['b']", "w = -1\nb = 0\nv = 1\nlock = ['b']"))
    found = why(standing(session))
    assert found[:3] == ("shared kink", (), "stuck: one kink for all")
    assert (
        "the kinks of both units are at x = 0, so together they make one bend and two slopes. b holds them there" in found.text
    )


def solved(session: Session) -> Session:
    """With the best v and c, where training would rest."""
    return output_edits.apply_output_fit(session, output_edits.output_fit(session))


def tried(session: Session, *trials: tuple[str, str, float]) -> Session:
    """The session after trials of so many kinds, changes and losses."""
    return session.with_findings(trials=tuple(Trial(session.state, kind, what, 4000, loss) for kind, what, loss in trials))


DEAD_UNIT = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0))


def test_what_would_help_is_told_with_what_it_led_to() -> None:
    helped = why(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "the kink of unit 2 at x = 2.1", 0.0012)))
    assert helped.kind == "dead"
    assert helped.text.endswith(" Tried the kink of unit 2 at x = 2.1: 0.0012 instead of 0.0300 after 4,000 steps.")


@pytest.mark.parametrize("loss", [0.0299, 0.04, float("nan")])
def test_what_was_tried_in_vain_is_no_reason(loss: float) -> None:
    assert why(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "the kink of unit 2 at x = 2.1", loss))).kind == "local minimum"


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


def test_steps_that_go_back_and_forth_over_a_bend_of_the_loss() -> None:
    """relu(x + b) for -2 and 2 at x = 0 and 1: the loss has slope -1 for b < 0 and 1 for b > 0, and 2.5 between.

    From b = -0.01, where it is (4 + 1.01²) / 2 = 2.51005, a step of 0.02 x 1.01 leads to 0.0102 and 2.5103, half to 2.5001.
    """
    session = points(
        "[[0, -2], [1, 2]]", "w = 1\nb = -0.01\nv = 1\nlock = ['w', 'v']", rest="[network]\nlock_output_bias = true"
    )
    found = why(standing(at_rate(session, 0.02)))
    assert found.kind == "rate too large"
    assert "the loss stands still at 2.5101, and shorter steps lead to 2.5001." in found.text


def test_an_output_that_is_off_is_the_reason_whatever_was_tried() -> None:
    session = standing(edits.toggle_lock(edits.select(open_state("output-off-c-locked"), Selection(1, "c"))))
    vain = why(tried(session, ("", "", session.loss), ("output off", "c = 1", session.loss)))
    assert vain.kind == "output off"
    assert vain.text.endswith("Tried c = 1: no lower after 4,000 steps.")
    little = why(tried(session, ("", "", session.loss), ("output off", "c = 1", 0.995 * session.loss)))
    assert little.text.endswith("Tried c = 1: hardly lower after 4,000 steps.")


def test_which_trials_are_missing() -> None:
    assert missing_trial(open_lab()) is None
    assert missing_trial(DEAD_UNIT) == ("", ())
    assert missing_trial(tried(DEAD_UNIT, ("", "", 0.03))) == ("dead", (2,))
    assert missing_trial(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "it", 0.01))) is None
    assert missing_trial(tried(DEAD_UNIT, ("", "", 0.03), ("dead", "it", 0.03))) is None


LINE = "[[-1, -1], [0, 0], [1, 1]]"


def test_a_saddle_is_not_a_minimum() -> None:
    """tanh with w = v = 0 on y = x: every gradient is zero, and d² loss / dw dv = -2 mean(x y) = -4/3."""
    flat = points(LINE, "w = 0\nb = 0\nv = 0\nlock = ['b']", rest="[network]\nactivation = 'tanh'")
    found = why(standing(flat))
    assert found[:3] == ("saddle", (0,), "stuck: saddle")
    assert found.text.startswith("Stuck on a saddle, not a minimum: to change ")
    assert "w of unit 0 by " in found.text
    assert "v of unit 0 by " in found.text
    assert " lowers the MSE from 0.6667 to " in found.text


def test_training_leaves_a_saddle_by_itself_where_something_pushes_it() -> None:
    """w = v = d grow by 1 + 0.01 x 4/3 a step: from 1e-4 to the 0.07 at which the loss has fallen by a hundredth in 500."""
    small = points(
        LINE, "w = 1e-4\nb = 0\nv = 1e-4\nlock = ['b']", rest="[network]\nactivation = 'tanh'\n[training]\nlearning_rate = 0.01"
    )
    found = why(standing(small))
    assert found.kind == "slow"
    assert "training leaves it by itself, in about 500 steps." in found.text
    assert trained(small, 500).loss == pytest.approx(0.99 * small.loss, rel=0.02)


def test_steps_are_told_only_where_the_curvature_tells_them() -> None:
    """Of (2 x 19² + 2 x 21²) / 5 = 320.8 no curve through all x takes more than 0.8: a hundredth is out of reach."""
    spread = points(
        "[[-1, 19], [-1, -21], [0, 0], [1, 21], [1, -19]]",
        "w = 1e-4\nb = 0\nv = 1e-4\nlock = ['b']",
        rest="[network]\nactivation = 'tanh'",
    )
    found = why(standing(spread))
    assert (found.kind, found.summary) == ("slow", "slow: on a saddle")
    assert found.text.startswith("Slow, not stuck: this is a saddle, not a minimum: to change ")
    assert found.text.endswith("and the gradient has a part along it.")
    later = why(tried(standing(spread), ("", "", spread.loss)))
    assert (later.kind, later.summary) == ("saddle", "stuck: saddle")
    assert later.text.endswith("but 4,000 more steps do not get there. Nudge one of them, then train on.")


def test_momentum_leaves_a_saddle_by_the_larger_root() -> None:
    """f² - (1 + 0.9 + 0.01 x 4/3) f + 0.9 = 0 for f = 1.08: from 1e-4 to 0.07 in 85 steps, which is about 90."""
    small = points(
        LINE,
        "w = 1e-4\nb = 0\nv = 1e-4\nlock = ['b']",
        rest="[network]\nactivation = 'tanh'\n[training]\nlearning_rate = 0.01\noptimizer = 'momentum'",
    )
    assert "training leaves it by itself, in about 90 steps." in why(standing(small)).text


def test_where_the_loss_is_flat_a_change_that_leads_down_is_found() -> None:
    """tanh(-35) is -1 at x = 1, where y is 1: the MSE is 2²/2; with b smaller by 0.002 the unit is off, and it is 1²/2."""
    steep = "w = 1\nb = -0.9999\nv = -350000\nlock = ['w', 'v']"
    session = points("[[0, 0], [1, 1]]", steep, rest="[network]\noutput_activation = 'tanh'\nlock_output_bias = true")
    found = why(standing(session))
    assert found.summary == "stuck: plateau"
    assert found.text.startswith(
        "Stuck on a plateau, not a minimum: to change b of unit 0 by -0.002 lowers the MSE from 2.0000 to 0.5"
    )


@pytest.mark.parametrize("activation", ["softplus", "tanh", "identity"])
def test_without_kinks_nothing_is_dead_or_twin(activation: str) -> None:
    network = Network(activation)  # type: ignore[arg-type]
    session = with_network(opener("lab"), network, parameters([0, 0, 0], [0, 0, 0], [0, 0, 0]))
    assert why(standing(session))[:2] == ("local minimum", ())


def test_the_best_line_through_points_of_one_x_is_level() -> None:
    """Of y = 0 and y = 2 at one x no line is nearer than their mean, with an MSE of 1."""
    points = parse('title = "-"\n[target]\npoints = [[1, 0], [1, 2]]\n[init]\nunits = 1\n', "points", None)
    session = with_network(open_session(points), Network("identity"), parameters([1], [0], [1]))
    assert session.loss == 1.0
    assert why(standing(session)).text.startswith("Identity units add up to one straight line, and this is about the best one.")


def test_an_output_that_is_on_at_a_point_without_an_error_is_not_off() -> None:
    """relu(x - 1) is 1 at x = 2, as its target, and 0 at x = 0, where that is -1: no gradient, but it is on at a point."""
    points = parse('title = "-"\n[target]\npoints = [[0, -1], [2, 1]]\n[init]\nunits = 1\n', "points", None)
    session = with_network(open_session(points), Network("identity", "relu"), parameters([1], [-1], [1]))
    assert session.loss == 0.5
    assert why(standing(session)).kind != "output off"


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


def test_a_constant_that_is_met_but_for_rounding_is_met() -> None:
    """With one y, of no variance, a loss of (3e-16)² is no local minimum."""
    one = """title = "a"\nsummary = "b"\n[target]\npoints = [[0, 0]]
    [network]\noutput_bias = 3e-16\n[[unit]]\nw = 1\nb = -1\nv = 1"""
    assert stuck_reason(standing(open_session(parse(one, "one", None)))) is None
