"""The contents of the Network view and panel: the forward pass at the probe, to be drawn as a graph."""

from typing import NamedTuple

from relutui.readout.forward_pass import ForwardPassReadout, Term, read_forward_pass
from relutui.session.session import Session


class NetworkReadout(NamedTuple):
    """The forward pass at the probe; largest_w, largest_part: the largest |w| and |v a|, beside which others are small."""

    forward_pass: ForwardPassReadout
    largest_w: float
    largest_part: float

    def window(self, room: int) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """Split the units into at most `room` around the selected one, in order, and the rest."""
        terms = self.forward_pass.terms
        first = max(0, min(self.forward_pass.selected - room // 2, len(terms) - room))
        return terms[first : first + room], (*terms[:first], *terms[first + room :])


def read_network(session: Session) -> NetworkReadout:
    """Compute the network at the probe."""
    forward_pass = read_forward_pass(session)
    terms = forward_pass.terms
    return NetworkReadout(forward_pass, max(abs(term.w) for term in terms), max(abs(term.contribution) for term in terms))
