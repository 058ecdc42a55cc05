"""Sets what was found before beside what is found now: runs that differ in one thing, and fewer and fewer units."""

from collections.abc import Iterator
from itertools import pairwise

from relutui.lib.number_text import loss_text
from relutui.session.edits import current_start
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.session.state import State, loss_of


def losses_by_units(session: Session) -> str:
    """Name the losses with each number of units down to the present one, each as it was last; empty for fewer than three.

    Only states of the present activations and kind of loss are compared.
    """
    present, last = session.state, dict[int, State]()
    for state in (*session.states.past, present):
        if state.network == present.network and state.settings.loss == present.settings.loss:
            last[state.parameters.units] = state
    counts = sorted((units for units in last if units >= present.parameters.units), reverse=True)
    if len(counts) < 3:
        return ""
    each = (
        f"{units} unit{'s' * (units > 1)} {loss_text(loss_of(last[units], session.dataset))}"
        f"{' (trained)' * last[units].change.startswith('training')}"
        for units in counts
    )
    return f"{loss_name(session)} so far: {', '.join(each)}"


def runs_by_slope(session: Session) -> str:
    """Name the losses to which runs from the present start have led with each slope at the kink; empty for fewer than two."""
    ends = {run.network.slope_at_kink: run for run in _runs(session)}
    if len(ends) < 2:
        return ""
    slopes_of: dict[str, list[str]] = {}
    for slope, run in sorted(ends.items()):
        loss = f"{loss_name(session, run.settings.loss)} {loss_text(loss_of(run, session.dataset))}"
        led_to = f"{loss} after {run.checkpoint.step:,} steps"
        slopes_of.setdefault(led_to, []).append(f"{slope:g}")
    with_each = {led_to: f"with {' and '.join(filter(None, (', '.join(s[:-1]), s[-1])))}" for led_to, s in slopes_of.items()}
    first, *others = ends.values()
    if all(run.parameters == first.parameters for run in others) and len(with_each) == 1:
        led_to, slopes = with_each.popitem()
        return f"the same run from this start {slopes}: {led_to}"
    return f"runs from this start: {', '.join(f'{slopes} {led_to}' for led_to, slopes in with_each.items())}"


def _runs(session: Session) -> Iterator[State]:
    """Yield where runs from the present start stood that were trained throughout as the present state would be.

    Their slope at the kink alone may be another one.
    """
    present, start, running = session.state, current_start(session).parameters, False
    for before, state in pairwise((*session.states.past, present)):
        trained = state.checkpoint.step > before.checkpoint.step and state.network == before.network
        running = trained and (running or (before.checkpoint.step == 0 and before.parameters == start))
        if running and (state.settings, state.locks) == (present.settings, present.locks):
            yield state
