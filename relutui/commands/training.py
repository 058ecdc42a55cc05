"""The commands that train, set how it is trained, and compare what training leads to."""

from collections.abc import Callable
from dataclasses import replace

from relutui.commands.command import Command, LookAhead, Request, Show, Solve, Train
from relutui.session import settings_edits
from relutui.session.session import Session
from relutui.session.view_state import SPEEDS

PREVIEW_STEPS = 100


def _change_speed(by: int) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        speed = SPEEDS[min(max(SPEEDS.index(session.speed) + by, 0), len(SPEEDS) - 1)]
        return replace(session, speed=speed).say(f"runs at {'as many steps as fit in' if speed is None else speed} a frame")

    return change


def _run_or_pause(session: Session) -> Session:
    return replace(session.with_view(message=None), running=not session.running)


def _toggle_preview(session: Session) -> Session | Request:
    return session.with_view(message=None).with_findings(preview=None) if session.findings.preview else LookAhead(PREVIEW_STEPS)


def _toggle_gradients(session: Session) -> Session:
    return session.with_view(gradients=not session.view.gradients, message=None)


def _why_no_training(session: Session) -> str | None:
    why = settings_edits.why_no_training(session.state.network)
    return why or (None if session.state.trainable else "every parameter is locked; l unlocks one")


def why_no_comparison(session: Session) -> str | None:
    """Return why networks cannot be trained and compared, or None."""
    return settings_edits.why_no_training(session.state.network)


def _why_not_solvable(session: Session) -> str | None:
    from relutui.session.output_edits import why_not_solvable  # imported on demand: start-up time counts

    return why_not_solvable(session)


TRAINING: tuple[Command, ...] = (
    Command(
        "step",
        ("s",),
        "Step",
        "train one step, or as many as the scenario sets",
        lambda s: Train(s.state.settings.steps),
        _why_no_training,
    ),
    Command(
        "steps",
        ("S",),
        "100 steps",
        "train a hundred times as many",
        lambda s: Train(100 * s.state.settings.steps),
        _why_no_training,
    ),
    Command("run", ("space",), "Run", "run or pause training", _run_or_pause, _why_no_training),
    Command("slower", (",",), "Slower", "run slower: 1, 10, 100, 1,000 steps a frame, or all that fit", _change_speed(-1)),
    Command("faster", (".",), "Faster", "run faster", _change_speed(1)),
    Command("halve", ("(",), "Halve rate", "halve the learning rate", lambda s: settings_edits.scale_learning_rate(s, 0.5)),
    Command("double", (")",), "Double rate", "double the learning rate", lambda s: settings_edits.scale_learning_rate(s, 2.0)),
    Command("optimizer", ("O",), "Optimizer", "next optimizer: sgd, momentum, adam", settings_edits.next_optimizer),
    Command(
        "momentum",
        ("M",),
        "Momentum",
        "next momentum: 0, 0.5, 0.9, 0.99",
        settings_edits.next_momentum,
        settings_edits.why_no_momentum,
    ),
    Command("weight-decay", ("W",), "Weight decay", "next weight decay: 0, 0.0001, ..., 0.1", settings_edits.next_weight_decay),
    Command("loss", ("e",), "Loss", "next loss: mse, sse", settings_edits.next_loss),
    Command("gradient", ("G",), "Gradient", "show or hide the gradients in the table", _toggle_gradients),
    Command(
        "predict", ("p",), "Preview", "show where 100 more steps would lead, or hide it", _toggle_preview, _why_no_training
    ),
    Command(
        "solve",
        ("b",),
        "Best v and c",
        "set v and c to the best for these w and b, by least squares",
        lambda s: Solve(),
        _why_not_solvable,
    ),
    Command(
        "seeds", ("g",), "Seeds", "train many random starts at once and compare them", lambda s: Show("seeds"), _why_no_training
    ),
    Command(
        "capacity",
        ("n",),
        "How many units",
        "how good n units can be: the loss by number of units",
        lambda s: Show("capacity"),
        why_no_comparison,
    ),
)
