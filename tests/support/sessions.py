"""What several tests need: parameters from plain lists, and the lab with some of its parameters set."""

from array import array
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from relutui.commands.contents import by_id
from relutui.lib.arrays import read_only
from relutui.model.network import Network, Parameters
from relutui.model.selection import Selection
from relutui.model.training import Locks
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
from relutui.scenario.library import load, load_named
from relutui.session import edits
from relutui.session.session import Session, open_session
from relutui.session.state import State

STATES = Path(__file__).parent / "states"


def parameters(w: ArrayLike, b: ArrayLike, v: ArrayLike, c: float = 0.0) -> Parameters:
    """Parameters from anything that numpy takes."""
    return Parameters(read_only(w), read_only(b), read_only(v), c)


def opener(name: str, choice: CsvChoice = NOTHING_CHOSEN) -> Session:
    """The session in which the scenario of a name or path begins."""
    return open_session(load_named(name, choice))


def open_state(name: str) -> Session:
    """The session of a state in tests/support/states, of which something untrue was once said."""
    return open_session(load(STATES / f"{name}.toml"))


def open_lab(**values: float) -> Session:
    """The lab, its parameters set one after the other, such as open_lab(w1=1, b1=-1)."""
    return with_values(opener("lab"), **values)


def with_values(session: Session, **values: float) -> Session:
    """The session with parameters set one after the other."""
    for name, value in values.items():
        session = edits.set_parameter(session, Selection(int(name[1]), name[0]), value)
    return session


def with_network(session: Session, network: Network, p: Parameters) -> Session:
    """The session with another network; of another number of units, none is locked."""
    state, free = session.state, np.zeros(p.units, np.bool_)
    locks = state.locks if p.units == state.parameters.units else Locks(free, free, free, False)
    return session.with_state(replace(state, network=network, locks=locks, checkpoint=state.checkpoint.edited(p)))


def without_trail(state: State) -> State:
    """The state but for the parameters on the way to it."""
    losses = tuple(sample._replace(values=array("f")) for sample in state.checkpoint.history)
    return replace(state, checkpoint=replace(state.checkpoint, history=losses))


def said(session: Session) -> str:
    """What the session has to say."""
    assert session.view.message is not None
    return session.view.message.text


def ask(session: Session) -> Session:
    """The session after h."""
    asked = by_id("hint").run(session)
    assert isinstance(asked, Session)
    return asked


def with_parameters(session: Session, p: Parameters) -> Session:
    """A session with these parameters, and nothing locked."""
    free = np.zeros(p.units, np.bool_)
    checkpoint = session.state.checkpoint.edited(p)
    return session.with_state(replace(session.state, checkpoint=checkpoint, locks=Locks(free, free, free, False)))
