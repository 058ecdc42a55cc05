"""The contents of the lines above and below the panels."""

from typing import NamedTuple

from relutui.commands.command import why_not
from relutui.commands.contents import by_id
from relutui.explain import exercise, hints, why_stuck
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import loss_below_text, loss_text
from relutui.model.training import TrainingSettings
from relutui.session import asking, drawing, edits, hold_text, kink_edits, other_sessions
from relutui.session.clean_curve import clean_loss
from relutui.session.device_status import DeviceStatus, Opening, Ready, Unavailable
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.session.state import decay_part

LEARNING_KEYS = tuple(by_id(id).keys[0] for id in ("hint", "lesson"))


class StatusReadout(NamedTuple):
    """The top line: the open scenario and the progress of training."""

    name: str
    title: str
    training: str
    step: int
    loss: str
    stuck: str  # why the loss stands still, in a few words; else empty
    device: str
    running: str
    unsaved: bool
    solved: bool
    on_gpu: bool = False  # a narrow line then keeps the device rather than the title
    decay: str = ""  # what weight decay adds to the loss, if there is any
    clean: str = ""  # the loss to the target without its noise, if it has any
    batch: str = ""  # the points that a step goes by, where these are not all
    seed: str = ""


class MessageReadout(NamedTuple):
    """The message lines: the last message or an explanation, and the hint; `brief` is the form for a single line."""

    text: str
    error: bool
    hint: str
    brief: str


class FooterReadout(NamedTuple):
    """The bottom line: pairs of a key and what it does."""

    keys: tuple[tuple[str, str], ...]
    last: tuple[tuple[str, str], ...]  # always shown


class TourReadout(NamedTuple):
    """The tour of a question: its keys, how many of them are pressed so far, and the ways on, back and out."""

    number: int
    question: str
    keys: tuple[str, ...]
    pressed: int
    next_key: str = ""  # empty after the last one
    back: str = "esc: out"
    caption: str = ""  # where no panel of the screen has it
    asks: bool = False  # whether there is a question to answer, which no one has yet


def read_status(session: Session) -> StatusReadout:
    """Compute the top line."""
    settings, checkpoint = session.state.settings, session.state.checkpoint
    trained = session.shows("training")
    on_gpu = isinstance(session.device, Ready) and not session.device.device.name.startswith("CPU")
    pace = "as many as fit" if session.speed is None else f"{session.speed} a frame"
    return StatusReadout(
        name=session.scenario.name,
        title=session.scenario.title,
        training=_optimizer(settings) if trained else "",
        step=checkpoint.step,
        loss=_loss(session),
        stuck=reason.summary if (reason := why_stuck.stuck_reason(session)) else "",
        device=(device_text(session.device) if on_gpu else _processor(session.device)) if trained else "",
        running=f"running, {pace}" if session.running else "",
        unsaved=session.unsaved,
        solved=session.solved,
        decay=f"decay adds {loss_text(decay_part(session.state))}" if settings.weight_decay else "",
        clean="" if (clean := clean_loss(session)) is None else f"to the clean curve {loss_text(clean)}",
        on_gpu=on_gpu,
        batch=_batch(session) if trained else "",
        seed=f"seed {session.state.seed}" if trained and session.state.seed is not None else "",
    )


def _loss(session: Session) -> str:
    """The present loss and its kind, with the digits by which it is below the bound of an exercise that it solves."""
    kind, exercise, loss = session.state.settings.loss, session.scenario.exercise, loss_text(session.loss)
    if exercise and session.solved and kind == session.scenario.settings.loss:
        loss = loss_below_text(session.loss, exercise.solved_below)
    return f"{loss_name(session)} {loss}"


def _processor(status: DeviceStatus) -> str:
    """Name the device without the compiler that the processor's programs come from, which a learner need not know."""
    return status.device.name if isinstance(status, Ready) else device_text(status)


def device_text(status: DeviceStatus) -> str:
    """Describe the device that training runs on, or its absence."""
    match status:
        case Opening():
            return "opening the device"
        case Ready(device):
            return str(device)
        case Unavailable():
            return "no training"


def device_and_advice(status: DeviceStatus) -> str:
    """Describe the device, with any advice on how to train faster."""
    advice = status.device.advice if isinstance(status, Ready) else ""
    return f"{device_text(status)}; {advice}" if advice else device_text(status)


def _optimizer(settings: TrainingSettings) -> str:
    """Format the optimizer, as in "sgd 0.05", "momentum 0.9, rate 0.05", "sgd 0.05, decay 0.001" or "sgd 0.083 (auto)"."""
    momentum = f" {settings.momentum:g}, rate" if settings.optimizer == "momentum" else ""
    decay = f", decay {settings.weight_decay:.4g}" if settings.weight_decay else ""
    return f"{settings.optimizer}{momentum} {rate_text(settings)}{decay}"


def _batch(session: Session) -> str:
    """Format the points that a step goes by, as in "batch 32 of 300"; empty where these are all."""
    problem = session.state.problem(session.dataset)
    return f"batch {problem.points_of_step} of {len(problem.dataset)}" if problem.uses_minibatches else ""


def rate_text(settings: TrainingSettings) -> str:
    """Format the learning rate, as in "0.05" or "0.083 (auto)"."""
    return f"{settings.learning_rate:.4g}{' (auto)' * settings.automatic_rate}"


def read_footer(session: Session) -> FooterReadout:
    """Choose the keys to show in the present state."""
    if session.view.typing:
        return FooterReadout(
            (("enter", "Keep"), ("tab", "Keep, next cell"), ("up, down", "Keep, next row")), (("esc", "As it was"),)
        )
    if session.view.drawing:
        move = (("← → ↑ ↓", "Move"), ("space", "Put"), ("backspace", "Take back"))
        return FooterReadout((*move, ("p", "Points")), (("T", "Done"), ("esc", "As it was")))
    if session.view.hold:
        moves = ((keys, what if len(what) == 1 else what.capitalize()) for keys, what in hold_text.moves(session))
        return FooterReadout(tuple(moves), (("enter", "Keep"), ("esc", "As it was")))
    of_view = {"contributions": ("add-term", "take-term"), "landscape": ("across", "upward")}.get(session.view.name, ())
    always = ("hold", "run", "step", "view", "why", "undo", "rewind", "seeds", "predict", "lock", "hint", "lesson")
    named = [by_id(id) for id in (*of_view, *always)]
    named = [command for command in named if not why_not(command, session)]
    if not session.shows("training"):
        named = [command for command in named if command.id not in ("step", "run", "seeds", "predict")]
    if not session.shows("probe"):  # the views speak of z and a, and of the probe
        named = [command for command in named if command.id != "view"]
    keys = [("space", "Pause") if c.id == "run" and session.running else (c.keys[0], c.label) for c in named]
    if session.running:  # the way to a shorter wait comes early: at 80 columns the last ones are left out
        keys.sort(key=lambda pair: pair[1] != "Pause")
        keys.insert(1, (".", "Faster"))
        keys.insert(2, ("+ -", "Nudge"))
    edit = (("enter", "Other side"),) if session.view.selection.field == "side" else (("enter", "Type"), ("+ -", "Nudge"))
    if next_scenario := other_sessions.next_offered(session):
        edit = (("enter", f"Go on to {next_scenario}"), ("+ -", "Nudge"))
    edit = edit[:1] if session.running else edit
    home = other_sessions.session_before_tour(session)
    back = [("esc", f"Back to {home.scenario.name}")] if home else []
    back = [("esc", "All panels")] if session.view.full else back
    asked = [("Q", "Ask")] if asking.unanswered(session) else []
    learning = [pair for pair in keys if pair[0] in LEARNING_KEYS]  # always seen, for nothing else leads to them
    keys = [pair for pair in keys if pair not in learning]
    return FooterReadout((*back, *edit, *keys), (*learning, *asked, ("q", "Quit"), ("?", "Keys")))


@cached_by_identity(2)
def read_message(session: Session) -> MessageReadout:
    """Compute the message lines."""
    message = session.view.message
    selection = session.view.selection
    value = f"{selection.short} {kink_edits.format_value(session, selection.field, edits.parameter(session.state, selection))}"
    loss = f"{_loss(session)}{' ✓ solved' if session.solved else ''}"
    summary = f"{value}   {loss}   {'▶ ' if session.running else ''}step {session.state.checkpoint.step}"
    drawn = drawing.description(session)
    held = hold_text.description(session) or drawn
    hint = drawing.KEYS if drawn else hold_text.OTHER_KEYS if held else hints.hint(session)
    hint = "" if message and message.text == hint else hint
    looked_at = not session.scenario.exercise and session.scenario.name in session.progress.opened
    offered = other_sessions.next_offered(session)
    on = _way_on(session) if (offered if message else looked_at) else ""
    waiting = kink_edits.pending_text(session, selection.row) if session.view.handle_mode else ""
    if session.tour:  # its captions tell what there is to see and do
        stuck = why_stuck.stuck_reason(session)
        said = message.text if message else stuck.text if stuck else ""
        return MessageReadout(said, bool(message and message.error), hint="", brief=said)
    return MessageReadout(
        text=message.text if message else held or waiting or _default_message(session),
        error=bool(message and message.error),
        hint=hint if held else "   ".join(filter(None, (exercise.progress_text(session), hint, on))),
        brief=message.text if message else drawn or hold_text.brief(session) if held else summary,
    )


def _way_on(session: Session) -> str:
    from relutui.explain import default_message  # imported on demand: start-up time counts

    return default_message.way_on(session)


def _default_message(session: Session) -> str:
    from relutui.explain import default_message  # imported on demand: start-up time counts

    return default_message.default_message(session)


def read_tour(session: Session) -> TourReadout | None:
    """The tour; None if there is none."""
    tour = session.tour
    if tour is None:
        return None
    back = f"esc: back to {session.previous.scenario.name}" if session.previous else "esc: out"
    return TourReadout(
        tour.question.number,
        tour.question.text,
        tour.question.keys,
        tour.keys_pressed,
        tour.next_key,
        back,
        asks=asking.unanswered(session) > 0,
    )
