"""The introduction of a scenario, said as it is opened."""

from relutui.scenario.course import words_of
from relutui.session.progress import scenario_key
from relutui.session.session import Session


def introduce(session: Session) -> Session:
    """Return a session with the words of the course so far, and if it was never opened before with its intro as the message."""
    scenario = session.scenario
    session = session.with_view(words=words_of(scenario_key(scenario)))
    known = session.unsaved or scenario_key(scenario) in session.progress.opened
    return add_line(session, scenario.intro) if scenario.intro and not known else session


def add_line(session: Session, line: str) -> Session:
    """Return the session with a line below its message."""
    message = session.view.message
    return session.say(f"{message.text}\n{line}" if message else line)
