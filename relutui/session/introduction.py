"""The introduction of a scenario, said as it is opened."""

from relutui.session.session import Session


def introduce(session: Session) -> Session:
    """Return the session with the intro of its scenario as its message, which stays until the first key that acts."""
    intro = session.scenario.intro
    return add_line(session, intro) if intro and not session.unsaved else session


def add_line(session: Session, line: str) -> Session:
    """Return the session with a line below its message."""
    message = session.view.message
    return session.say(f"{message.text}\n{line}" if message else line)
