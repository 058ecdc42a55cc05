"""The sentences: why a unit does not work, what the exercise asks for, what was reached."""

from relutui.numbers import loss_text
from relutui.pieces import Diagnosis, diagnose
from relutui.session import Session

GLOSSARY = {
    "unit": "one hidden neuron: v relu(w x + b)",
    "weight w": "how steep z is; its sign is the side that the unit faces",
    "bias b": "moves z up or down, and so the kink sideways, by -Δb / w",
    "weight v": "scales the activation, and flips it if it is below 0",
    "pre-activation z": "w x + b, a straight line",
    "activation a": "relu(z): z where it is above 0, else 0",
    "kink": "where z is 0, at x = -b / w: there the unit switches on or off",
    "faces": "the side of its kink on which the unit is on",
    "contribution": "v a: what the unit adds to the prediction",
    "piece": "the stretch between two kinks; the prediction is straight on it",
    "output bias c": "moves the whole prediction up or down",
    "loss": "how far prediction and target are apart: MSE, the mean squared error, or SSE, the sum",
    "step": "one step of training, on all points at once",
    "=": "locked: training and nudges leave it alone",
}


def reason(unit: int, found: Diagnosis) -> str:
    """Why a unit is in the state it is in, in words."""
    match found.state:
        case "dead":
            return f"Unit {unit} is dead: its z is 0 or below at every point, so it adds nothing there."
        case "parked":
            return f"Unit {unit} is parked at the edge of the data: on, but with activations below 1e-6, too small to matter."
        case "always on":
            return f"Unit {unit} is always on: its z is above 0 at every point, so it adds one straight line."
        case "twin":
            return f"Unit {unit} is a twin of unit {found.other}: the same kink and side, so the two together make one bend."


def guidance(session: Session) -> str:
    """What to say when nothing has just happened: solved, the selected unit's reason, the hint asked for, the summary."""
    exercise = session.scenario.exercise
    if exercise and session.solved:
        return f"Solved: the loss {loss_text(session.loss)} is below {exercise.solved_below:g}."
    about = _about_unit(session)
    if session.states.past or not about:
        return about or session.scenario.summary
    return f"{session.scenario.summary} {about}"


def _about_unit(session: Session) -> str:
    """What is to be known of the selected unit, if anything."""
    unit = session.selection.row
    if unit < session.state.parameters.units:
        found = diagnose(session.state.network, session.state.parameters, session.dataset.x, session.domain)[unit]
        if found:
            return reason(unit, found)
        if all(getattr(session.state.locks, field)[unit] for field in ("w", "b", "v")):
            return f"Unit {unit} is locked: training and nudges leave it alone (L unlocks it)."
    return ""


def hint(session: Session) -> str:
    """The hint last asked for, or how to get one; nothing for a scenario without hints."""
    hints = session.scenario.exercise.hints if session.scenario.exercise else ()
    if not hints:
        return ""
    if session.hint == 0:
        return "h gives a hint"
    return f"Hint {session.hint} of {len(hints)}: {hints[session.hint - 1]}"
