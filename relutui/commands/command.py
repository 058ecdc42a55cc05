"""What a command is: its keys and words, and the function that maps the session to the next one, or to a request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from relutui.session.session import Session
from relutui.session.shown import why_one_layer

# By their ids, the commands that know no network of several hidden layers.
OF_ONE_LAYER = frozenset(
    {
        *("handle", "hold", "draw", "add", "remove", "one-fewer", "one-more", "scale", "gradient", "solve", "seeds"),
        *("capacity", "equation", "pieces", "numbers", "add-term", "take-term", "across", "upward", "hint"),
    }
)


class Train(NamedTuple):
    """A request to train for some steps."""

    steps: int


class Show(NamedTuple):
    """A request to open a dialog, or to quit."""

    what: Literal[
        "open",
        "write",
        "help",
        "lesson",
        "palette",
        "quit",
        "devices",
        "seeds",
        "capacity",
        "one fewer",
        "one more",
        "probe",
        "pieces",
        "equation",
        "share",
        "export",
    ]


class LookAhead(NamedTuple):
    """A request to preview where some steps of training would lead, without taking them."""

    steps: int


@dataclass(frozen=True)
class Solve:
    """A request to set v and c to the best for the present w and b."""


Request = Train | Show | LookAhead | Solve


class Command(NamedTuple):
    """A command and its keys: `run` maps the session to the next one, or to a request that the screen carries out.

    A command with an empty `help` is described in contents.py; `unavailable` returns why the command cannot run now, or None.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    run: Callable[[Session], Session | Request]
    unavailable: Callable[[Session], str | None] = lambda session: None


def key_text(command: Command) -> str:
    """Return the keys of a command as the help shows them, such as "esc" for escape."""
    return " ".join("esc" if key == "escape" else key for key in command.keys)


def why_not(command: Command, session: Session) -> str | None:
    """Return why a command cannot run now, or None."""
    return (command.id in OF_ONE_LAYER and why_one_layer(session, command.label)) or command.unavailable(session)


def apply(command: Command, session: Session) -> Session | Request:
    """Run a command; if it is unavailable, return the session with a message that says why."""
    why = why_not(command, session)
    return session.say(why) if why else command.run(session)
