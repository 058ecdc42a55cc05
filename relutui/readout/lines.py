"""What the lines above and below the panels show."""

from typing import NamedTuple

from relutui import edits, explain
from relutui.commands import by_id
from relutui.numbers import loss_text, number
from relutui.session import Session


class StatusReadout(NamedTuple):
    """The line on top: what is open and where training stands."""

    name: str
    title: str
    training: str
    step: int
    loss: str
    device: str
    running: str
    unsaved: bool
    solved: bool


class MessageReadout(NamedTuple):
    """The lines at the bottom: what just happened or what to look at, and the hint; `brief` is for a single line."""

    text: str
    error: bool
    hint: str
    brief: str


class FooterReadout(NamedTuple):
    """The line at the very bottom: keys and what they do."""

    keys: tuple[tuple[str, str], ...]
    last: tuple[str, str]  # always there


def read_status(session: Session) -> StatusReadout:
    """The line on top."""
    settings, checkpoint = session.state.settings, session.state.checkpoint
    seed = "" if session.state.seed is None else f"   seed {session.state.seed}"
    pace = "as many as fit" if session.speed is None else f"{session.speed} a frame"
    return StatusReadout(
        name=session.scenario.name,
        title=session.scenario.title,
        training=f"{settings.optimizer} {settings.learning_rate:g}{seed}",
        step=checkpoint.step,
        loss=f"{settings.loss.upper()} {loss_text(session.loss)}",
        device=session.device,
        running=f"running, {pace}" if session.running else "",
        unsaved=session.unsaved,
        solved=session.solved,
    )


def read_footer(session: Session) -> FooterReadout:
    """The keys worth naming now."""
    if session.typing:
        return FooterReadout(
            (("enter", "Keep"), ("tab", "Keep, next cell"), ("up, down", "Keep, next row")), ("esc", "As it was")
        )
    named = [by_id(id) for id in ("step", "run", "view", "hint", "undo", "rewind", "lock")]
    named = [command for command in named if not command.unavailable(session)]
    keys = [("space", "Pause") if c.id == "run" and session.running else (c.keys[0], c.label) for c in named]
    return FooterReadout((("enter", "Type"), ("+ -", "Nudge"), *keys), ("?", "Keys"))


def read_message(session: Session) -> MessageReadout:
    """The lines at the bottom."""
    message = session.message
    value = f"{session.selection.short} {number(edits.parameter(session.state.parameters, session.selection))}"
    loss = f"{session.state.settings.loss.upper()} {loss_text(session.loss)}{' ✓ solved' if session.solved else ''}"
    at = f"{value}   {loss}   {'▶ ' if session.running else ''}step {session.state.checkpoint.step}"
    return MessageReadout(
        text=message.text if message else explain.guidance(session),
        error=bool(message and message.error),
        hint="" if message and message.text == explain.hint(session) else explain.hint(session),
        brief=message.text if message else at,
    )
