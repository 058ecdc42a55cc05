"""What is cached by identity shows the same as what is computed anew."""

import copy
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

import numpy as np
import pytest

from relutui.commands.command import apply
from relutui.commands.contents import COMMANDS
from relutui.scenario.scenario import VIEWS
from relutui.session import edits
from relutui.session.session import Session
from relutui.ui.screens.layout import arrangement
from relutui.ui.screens.panels import LAYER_READERS, READERS
from relutui.ui.screens.rows_needed import rows_needed
from tests.support.sessions import opener

ONE_LAYER = ("lab", "lab-half", "dosage-relu", "measured", "shifted-2", "four-relus")
OFTEN = ("nudge-up", "nudge-down", "lock", "undo", "redo", "down", "up", "left", "right", "handle", "view")
SIZE = 120, 36


def plain(value: Any) -> Any:
    """A readout as lists and texts, which are equal if it shows the same."""
    if isinstance(value, np.ndarray):
        return repr(value.tolist())  # as a text, in which nan is nan
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(plain(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, dict):
        return [[plain(key), plain(item)] for key, item in value.items()]
    if hasattr(value, "__len__") and hasattr(value, "__getitem__"):
        return [plain(value[place]) for place in range(len(value))]
    return repr(value)


def shown(session: Session) -> dict[str, Any]:
    """Every readout of a session, and the places of the panels."""
    typed = edits.with_typed_value(session)
    readers = {**READERS, **LAYER_READERS} if session.state.network.deeper else READERS
    readouts = {id: plain(read(typed)) for id, read in readers.items()}
    return readouts | {"places": plain(arrangement(session, rows_needed(session, SIZE[0]), *SIZE))}


@pytest.mark.parametrize(("name", "few"), [*((name, 40) for name in ONE_LAYER), ("active-kinks", 5)])
def test_readouts_are_those_of_a_copy_whose_parts_no_cache_knows(name: str, few: int, times: Callable[[int, int], int]) -> None:
    dice, session, done = Random(name), opener(name), list[str]()
    by_id = {command.id: command for command in COMMANDS}
    for _ in range(times(few, 100 * few)):
        id = dice.choice(OFTEN) if dice.random() < 0.7 else dice.choice([*by_id])
        after = apply(by_id[id], session)
        if not isinstance(after, Session):
            continue
        session = after.with_view(name=dice.choice(VIEWS)) if dice.random() < 0.1 else after
        done.append(id)
        cached = shown(session)
        if dice.random() < 0.5:  # a cache of few answers would have none from before, if copies were read each time
            assert cached == shown(copy.deepcopy(session)), done
