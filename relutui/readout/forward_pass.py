"""The contents of the forward-pass walk: every number computed at the probe."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import quiet, rounded_sum
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import format_number
from relutui.model.network import activate
from relutui.model.pieces import contribution_sizes
from relutui.readout.colour import colour_of
from relutui.scenario.scale_text import x_number, y_number
from relutui.session.session import Session


class Term(NamedTuple):
    """One unit's part of the forward pass; on: whether z > 0, or a > 0 of units that jump; else always."""

    unit: int
    colour: int
    w: float
    product: float  # x w
    b: float
    z: float
    a: float
    v: float
    contribution: float
    on: bool


class Scaling(NamedTuple):
    """The steps from x to scaled x and from scaled ŷ to ŷ, as text: x less its shift, by its width; ŷ the other way.

    target, error: in the data's own units too, empty beyond the data.
    """

    x: str
    x_shift: str
    x_width: str
    y_shift: str
    y_width: str
    prediction: str
    target: str
    error: str


class ForwardPassReadout(NamedTuple):
    """The forward pass at the probe x; sum: of the contributions, total: sum + c, before the output activation.

    Sums no larger than their rounding errors are 0, as on paper; error: prediction - target; both None beyond the data.
    scaling: where the data have a scale; all other numbers are in scaled units then.
    """

    x: float
    activation: str
    terms: tuple[Term, ...]
    selected: int
    sum: float
    c: float
    total: float
    output: str
    prediction: float
    target: float | None
    error: float | None
    more_digits: int = 0
    scaling: Scaling | None = None

    def written(self, value: float) -> str:
        """The text of a number of the forward pass."""
        return format_number(value, self.more_digits)

    def split_terms(self, room: int) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """Split the terms into at most `room` to show and the rest: all in order, or only those on, largest |v a| first.

        The selected unit is always shown.
        """
        if len(self.terms) <= room:
            return self.terms, ()
        ranked = sorted(self.terms, key=lambda term: (not term.on, -abs(term.contribution)))
        shown = [term for term in ranked[:room] if term.on]
        if self.selected < len(self.terms) and self.terms[self.selected] not in shown:
            shown = [*shown[: room - 1], self.terms[self.selected]]
        return tuple(shown), tuple(term for term in ranked if term not in shown)


@cached_by_identity(2)
@quiet
def read_forward_pass(session: Session) -> ForwardPassReadout:
    """Compute the forward pass at the probe."""
    network, p, x = session.state.network, session.state.parameters, session.view.probe
    z = rounded_sum([p.w * x, p.b])
    a = activate(network.activation, z)
    parts, sizes = p.v * a, contribution_sizes(network, p, x)[:, 0]
    total = float(rounded_sum([*parts, p.c], [*sizes, p.c]))
    prediction, target = float(activate(network.output_activation, np.array(total))), target_at_probe(session)
    on = z > 0.0 if network.kinked else a > 0.0 if network.stepped else np.ones(p.units, bool)
    columns = (values.tolist() for values in (p.w, p.w * x, p.b, z, a, p.v, parts, on))
    error = None if target is None else float(rounded_sum([prediction, -target], [*sizes, p.c, target]))
    return ForwardPassReadout(
        x=x,
        activation=network.activation,
        terms=tuple(Term(j, colour_of(j), *row) for j, row in enumerate(zip(*columns))),
        selected=session.view.selection.row,
        sum=float(rounded_sum(parts, sizes)),
        c=p.c,
        total=total,
        output=network.output_activation,
        prediction=prediction,
        target=target,
        error=error,
        more_digits=session.view.more_digits,
        scaling=_scaling(session, prediction, target, error) if session.scale.changes else None,
    )


def _scaling(session: Session, prediction: float, target: float | None, error: float | None) -> Scaling:
    (x, y), more = session.scale, session.view.more_digits
    return Scaling(
        x_number(session.scenario, x.own(session.view.probe), more),
        x_number(session.scenario, x.shift, more),
        x_number(session.scenario, x.width, more),
        y_number(session.scenario, y.shift, more),
        y_number(session.scenario, y.width, more),
        y_number(session.scenario, y.own(prediction), more),
        "" if target is None else y_number(session.scenario, y.own(target), more),
        "" if error is None else y_number(session.scenario, y.width * error, more),
    )


def target_at_probe(session: Session) -> float | None:
    """The target at the probe, interpolated linearly between the two nearest points; None beyond them in a wider x-range."""
    x, probe = session.data_range, session.view.probe
    return None if x and not x[0] <= probe <= x[1] else float(np.interp(probe, session.dataset.x, session.dataset.y))
