"""Changes of the x-range of the charts, which training knows nothing of: pure functions Session -> Session."""

from relutui.session.edits import fit_limits
from relutui.session.own_units import x_text
from relutui.session.probe_edits import move_probe
from relutui.session.session import Session
from relutui.session.view_state import BEYOND_WIDTHS


def widen_x_range(session: Session) -> Session:
    """Widen the x-range beyond the data, once more, or back to the domain; the probe stays inside it."""
    beyond = (session.view.beyond + 1) % len(BEYOND_WIDTHS)
    wider = session.with_view(beyond=beyond)
    result = fit_limits(move_probe(wider, session.view.probe))
    low, high = (x_text(result, x, x_range=result.x_range) for x in result.x_range)
    if not beyond:
        return result.say(f"x from {low} to {high} again")
    following = "back" if beyond == len(BEYOND_WIDTHS) - 1 else "wider"
    return result.say(f"x from {low} to {high}: the curve goes on where there are no data; B again: {following}")
