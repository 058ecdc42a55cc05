import asyncio
from dataclasses import replace

import numpy as np
import pytest

from relutui.lib.number_text import loss_text
from relutui.model.batch import Batch, values_of
from relutui.model.dataset import Dataset
from relutui.model.network import Parameters
from relutui.model.training import Locks
from relutui.readout.colour import colour_of
from relutui.readout.refitting import RefittingReadout, RefitTraining, read_refitting
from relutui.scenario.scenario import Init
from relutui.session import unit_edits
from relutui.session.session import Session, open_session
from relutui.session.unit_edits import Addition, append_unit
from relutui.study.refit import Refit, one_fewer, one_more
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, open_state, opener, parameters

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)
HALF = open_lab(w1=1, b1=-1)


def fewer(session: Session, unit: int) -> Refit:
    return one_fewer(session.state.parameters, session.state.problem(session.dataset), unit, Init(), range(3))


def more(session: Session) -> Refit:
    return one_more(session.state.parameters, session.state.problem(session.dataset), Init(), range(3))


def trained(refit: Refit, steps: int) -> Refit:
    async def last() -> Refit:
        return [so_far async for so_far in refit.trained(FakeTrainer(), steps)][-1]

    return asyncio.run(last())


def read(
    session: Session, refit: Refit, goal: int | None = None, problem: str = "", seconds_left: float | None = None
) -> RefittingReadout:
    """What is possible was reached, unless the session knows another."""
    findings = session.findings
    session = session.with_findings(best_fits=findings.best_fits or findings.lower_bounds)
    return read_refitting(session, refit, 0, RefitTraining(4000, goal, seconds_left, problem))


def ended(refit: Refit, p: Parameters, before: Parameters | None = None) -> Refit:
    """As if every network of either kind had ended there; before: the unchanged ones, None where they were."""

    def batch(old: Batch, p: Parameters) -> Batch:
        values = np.tile(values_of(p), (len(old), 1))
        x, y = refit.problem.dataset.x, refit.problem.dataset.y
        losses = np.full(len(old), refit.problem.network.loss(p, x, y))
        return replace(old, values=values, step=10, losses=losses, past={9: losses})

    return replace(refit, batch=batch(refit.batch, p), batch_before=batch(refit.batch_before, before or refit.before))


def of_points(p: Parameters, *points: tuple[float, float]) -> Session:
    """A session with these data and parameters, everything free."""
    x, y = np.array(points, np.float64).T
    none = np.zeros(p.units, np.bool_)
    domain, free = (float(x.min()), float(x.max())), Locks(none, none, none, False)
    return open_session(replace(SOLVED.scenario, dataset=Dataset(x, y), domain=domain, start=p, locks=free, exercise=None))


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


def test_before_training_only_what_stands_is_told() -> None:
    assert read(SOLVED, fewer(SOLVED, 2)).comparison == "One unit fewer, the others as they are: 0.4497; with all 3, 0.0000."
    assert read(HALF, fewer(HALF, 2)).comparison == "One unit fewer, the others as they are: 0.4497; with all 3, 0.4497."
    assert read(HALF, more(HALF)).comparison == "One unit more, the others as they are: 3.7e-06; without it, 0.4497."


def test_what_a_unit_is_worth_is_told_by_the_best_of_either() -> None:
    """subject.md: 0.0300 with one unit of the lab fewer, which all three do exactly, though they did not before."""
    refit = fewer(HALF, 1)
    after = ended(refit, parameters([-2, 2.438], [2, -3.556], [1, 1]), SOLVED.state.parameters)
    assert read(HALF, after).comparison == "One unit fewer: 0.0300 at best; with all 3, trained as long, 0.0000."
    assert read(HALF, after, 4000).comparison == "One unit fewer: 0.0300 so far; with all 3, trained as long, 0.0000."


def test_a_unit_more_is_not_credited_with_what_training_does() -> None:
    refit = more(HALF)
    exact = append_unit(SOLVED.state.parameters, Addition(1.0, 1.0, 0.0))
    after = ended(refit, exact, SOLVED.state.parameters)
    assert read(HALF, after).comparison == "One unit more does not help: 0.0000 at best; without it, trained as long, 0.0000."
    assert read(HALF, after, 4000).comparison == "One unit more: 0.0000 so far; without it, trained as long, 0.0000."
    assert read(HALF, ended(refit, exact)).comparison == "One unit more: 0.0000 at best; without it, trained as long, 0.4497."


def test_a_unit_whose_work_the_others_can_do_is_not_needed() -> None:
    """relu(x - 1) + relu(x - 1) on 0, 1, 2, 3: one of them with twice the weight does it."""
    session = of_points(parameters([1, 1], [-1, -1], [1, 1]), (0, 0), (1, 0), (2, 2), (3, 4))
    alone = parameters([1], [-1], [2])
    refit = ended(fewer(session, 1), alone)
    assert read(session, refit).comparison == (
        "Unit 1 is not needed: 0.0000 at best without it; with both, trained as long, 0.0000."
    )
    assert "needed" not in read(session, refit, 4000).comparison


@pytest.mark.parametrize(("off", "needed"), [(0.2, False), (0.25, True)])
def test_what_comes_within_a_twentieth_of_a_bound_is_as_good(off: float, needed: bool) -> None:
    """Two points at the same x are met best in the middle, with a loss of 1; off by 0.2 it is 1.04, by 0.25 1.0625."""
    points = (0, 1), (0, -1), (1, 1), (1, -1)
    one, two = parameters([0], [0], [0]), parameters([0, 0], [0, 0], [0, 0])
    pair = of_points(replace(two, c=9.0), *points).with_findings(lower_bounds=(1.0, 1.0, 1.0))
    said = read(pair, ended(fewer(pair, 1), replace(one, c=off), two)).comparison
    assert said.startswith("Unit 1 is not needed:") != needed
    assert said.endswith("2 bends cannot leave less than 1.0000.") != needed
    single = of_points(replace(one, c=9.0), *points).with_findings(lower_bounds=(1.0, 1.0, 1.0))
    said = read(single, ended(more(single), two, replace(one, c=off))).comparison
    assert said.startswith("One unit more does not help:") != needed
    unbounded = read(pair.with_findings(lower_bounds=()), ended(fewer(pair, 1), replace(one, c=0.2), two)).comparison
    assert unbounded == "None of 4 starts with both did clearly better than 1.0400 without unit 1: 1.0000 at best."


def test_a_search_that_failed_is_no_fact() -> None:
    """A hinge: (0, 0), (1, 0), (2, 1), (3, 2) has one bend, so that two free units follow it."""
    points = (0, 0), (1, 0), (2, 1), (3, 2)
    flat, none = parameters([0], [0], [0], 0.75), parameters([0, 0], [0, 0], [0, 0], 0.75)
    single = of_points(replace(flat, c=9.0), *points).with_findings(lower_bounds=(0.0562, 0.0, 0.0))
    said = read(single, ended(more(single), none, flat)).comparison
    missed = "None of 4 starts with one unit more did clearly better: 0.6875 at best; without it, trained as long, 0.6875."
    assert said == f"{missed} 2 units can reach 0.0000."
    pair = of_points(replace(none, c=9.0), *points).with_findings(lower_bounds=(0.0562, 0.0, 0.0))
    missed = "None of 4 starts with both did clearly better than 0.6875 without unit 1: 0.6875 at best."
    assert read(pair, ended(fewer(pair, 1), flat, none)).comparison == f"{missed} 2 units can reach 0.0000."
    locked = pair.with_state(replace(pair.state, locks=replace(pair.state.locks, c=True)))
    assert read(pair, ended(fewer(locked, 1), flat, none)).comparison == missed
    assert read(pair.with_findings(lower_bounds=()), ended(fewer(pair, 1), flat, none)).comparison == missed


def test_a_bound_that_is_not_reached_is_no_loss_that_units_can_reach() -> None:
    points = (0, 0), (1, 0), (2, 1), (3, 2)
    flat, none = parameters([0], [0], [0], 0.75), parameters([0, 0], [0, 0], [0, 0], 0.75)
    single = of_points(replace(flat, c=9.0), *points).with_findings(lower_bounds=(0.01, 0.001, 0.0005))
    ending = ended(more(single), none, flat)
    bounded = " 2 bends cannot leave less than 5.0e-04."
    for fits, networks, told in (
        ((0.0562, 0.0, 0.0), (), " 2 units can reach 0.0000."),
        ((0.0562, 0.9, 0.0), (0.7, 0.6, 0.0123), " 2 units can reach 0.0123."),
        ((0.0562, 0.9, 0.0), (0.7, 0.6), bounded),
        ((0.0562, 0.9, 0.0), (), bounded),
    ):
        known = single.with_findings(best_fits=fits, best_networks=networks)
        assert read(known, ending).comparison.endswith(told)


@pytest.mark.parametrize(
    ("case", "units", "curve", "true"),
    [("refit-more", 3, 2, "3 units can reach 0.0000."), ("refit-fewer", 2, 1, "2 units can reach 0.0000.")],
)
def test_cases_in_which_a_unit_was_said_to_do_nothing(case: str, units: int, curve: int, true: str) -> None:
    """The targets have 2 bends and 1, which 3 free units and 2 follow: one that is always on gives the first slope."""
    session = open_state(case).with_findings(lower_bounds=(*(1.0,) * curve, *(0.0,) * (units + 1 - curve)))
    said = read(session, trained(more(session) if case == "refit-more" else fewer(session, 0), 200)).comparison
    assert said.endswith(true)
    assert "does not help" not in said
    assert "is not needed" not in said


def test_where_x_is_far_from_0_it_proves_little_that_training_finds_nothing() -> None:
    """A hinge over years: training ends at 0.64, the variance, though three units have 0."""
    points = (1950, 0), (1960, 0), (1970, 0), (1980, 1), (1990, 2)
    one, two = parameters([0], [0], [0], c=0.6), parameters([0, 0], [0, 0], [0, 0], c=0.6)
    but = ' X is far from 0: press % for scale = "standard" under [target], or training does badly.'
    single, pair = of_points(replace(one, c=1e9), *points), of_points(replace(two, c=1e9), *points)
    told = read(single, ended(more(single), two, one)).comparison
    missed = "None of 4 starts with one unit more did clearly better: 0.6400 at best; without it, trained as long, 0.6400."
    assert told == missed + but
    told = read(pair, ended(fewer(pair, 1), one, two)).comparison
    assert told == f"None of 4 starts with both did clearly better than 0.6400 without unit 1: 0.6400 at best.{but}"


def test_where_training_diverged_that_is_said() -> None:
    refit = ended(fewer(HALF, 2), parameters([-2, 1], [2, -1], [1, 1]))
    all_of_them = replace(refit, batch_before=replace(refit.batch_before, losses=np.full(4, np.inf)))
    assert read(HALF, all_of_them).comparison == (
        "One unit fewer, the others as they are: 0.4497; with all 3, 0.4497. "
        "Training diverged from all 4 starts with all 3: a lower rate may do better."
    )
    some = replace(refit, batch=replace(refit.batch, losses=np.array([np.inf, 0.4497, np.nan, 0.4497])))
    assert read(HALF, some).comparison == (
        "None of 4 starts with all 3 did clearly better than 0.4497 without unit 2: 0.4497 at best. "
        "Training diverged from 2 of 4 starts with one unit fewer: a lower rate may do better."
    )
    added = more(HALF)
    after = ended(added, append_unit(HALF.state.parameters, Addition(1.0, 1.0, 0.0)))
    before = replace(after, batch_before=replace(after.batch_before, losses=np.array([np.inf, 0.4497, 0.4497, 0.4497])))
    assert read(HALF, before).comparison.endswith(
        " Training diverged from 1 of 4 starts without it: a lower rate may do better."
    )
    both = replace(some, batch_before=all_of_them.batch_before)
    assert read(HALF, both).comparison.endswith(" Training diverged from all 4 starts with all 3: a lower rate may do better.")


def test_what_was_added_after_training_is_told_as_that() -> None:
    refit = more(HALF)
    flat, exact = parameters([0] * 4, [0] * 4, [0] * 4), append_unit(SOLVED.state.parameters, Addition(1.0, 1.0, 0.0))
    after = ended(refit, flat, HALF.state.parameters)
    grown = replace(Batch.of([exact]), losses=np.array([0.0]), step=10)
    shown = read(HALF, replace(after, grown=grown, changed=flat))
    assert shown.comparison == "One unit more, added after training: 0.0000 at best; without it, 0.4497."
    assert shown.panels[2].note == "MSE 0.0000   added after training"
    refit = fewer(HALF, 2)
    after = replace(ended(refit, refit.changed), grown=replace(grown, values=values_of(SOLVED.state.parameters)[None]))
    assert read(HALF, after).comparison == ("One unit fewer: 0.4497 at best; with all 3, unit 2 added after training, 0.0000.")


@pytest.mark.parametrize("name", ["parabola", "dosage-relu", "activations"])
def test_any_scenario_can_have_one_more(name: str) -> None:
    session = opener(name)
    shown = read(session, trained(more(session), 2))
    assert all(panel.prediction for panel in shown.panels)
    assert shown.comparison
