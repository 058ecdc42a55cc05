"""What a controller needs of the screen that it works for."""

from typing import Protocol

from relutui.session.session import Session


class Host(Protocol):
    """Holds the session: a controller reads it, and puts the next one in its place."""

    session: Session
