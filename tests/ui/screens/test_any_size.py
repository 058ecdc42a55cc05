"""Any key at any size, and the size changed in the middle: nothing ends the app but what asks for that."""

import random
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key

from relutui.commands.contents import COMMANDS
from tests.support.screen import Screen, shown
from tests.support.sessions import open_lab

SIZES = [
    (1, 1),
    (2, 1),
    (1, 2),
    (5, 2),
    (10, 3),
    (40, 4),
    (80, 3),
    (120, 4),
    (20, 8),
    (79, 23),
    (1000, 1),
    (1, 1000),
    (400, 200),
]
PAGES = ("pagedown", "pageup", "end", "home", "down", "up")
IN_LINES = ("left", "right", "ctrl+left", "ctrl+right", "ctrl+a", "ctrl+e", "ctrl+w", "ctrl+k", "ctrl+u", "backspace", "delete")
MOVES = (*PAGES, "tab", "shift+tab", "ctrl+home", "ctrl+end", "ctrl+pagedown", "ctrl+pageup", "space", "slash", *IN_LINES)
OVERLAYS = [
    ("?",),
    ("?", "tab"),
    ("ctrl+p",),
    ("o",),
    ("o", "/"),
    ("t",),
    ("w",),
    ("g",),
    ("n",),
    ("d",),
    ("A",),
    ("X",),
    ("q",),
]
SLOW = {"g", "n", "A", "X", "S"}  # which train a lot, or compute
KEYS = [*(key for command in COMMANDS for key in command.keys), *MOVES, "enter", "escape", "1", ".", "ctrl+l"]


async def press(screen: Screen, keys: Iterable[str]) -> None:
    """Press keys at once, and wait until they are heard."""
    for key in keys:
        screen.app.post_message(events.Key(*((_character_to_key(key), key) if len(key) == 1 else (key, None))))
    await screen.pilot.pause()


async def test_every_dialog_hears_the_keys_that_move_in_it_at_any_size(times: Callable[[int, int], int]) -> None:
    """At a size each, which comes round; with --soak at all of them."""
    sizes = cycle(SIZES)
    async with shown(open_lab(w1=1)) as screen:
        screen.trainer.gate.clear()
        for opening in OVERLAYS:
            await press(screen, opening)
            assert screen.app.screen is not screen.explore, opening
            for size in islice(sizes, times(1, len(SIZES))):
                await screen.pilot.resize_terminal(*size)
                await press(screen, MOVES)
                assert screen.app._exception is None, (opening, size)
            while screen.app.screen is not screen.explore:
                await press(screen, ["escape"])
        screen.trainer.gate.set()


async def test_random_keys_at_random_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: Callable[[int, int], int]
) -> None:
    """Other ones each time; those of a run that failed are printed."""
    monkeypatch.chdir(tmp_path)
    seed = random.randrange(2**32)
    dice, keys = random.Random(seed), [key for key in KEYS if key not in SLOW]
    left = times(200, 100_000)
    while left > 0:  # again, when they have quit
        async with shown(open_lab(w1=1), dice.choice(SIZES)) as screen:
            while left > 0 and screen.app._exit is False:
                if dice.random() < 0.3:
                    await screen.pilot.resize_terminal(*dice.choice(SIZES))
                pressed = dice.choices(keys, k=10)
                left -= len(pressed)
                await press(screen, pressed)
                assert screen.app._exception is None, f"seed {seed}: {left} keys before the end, in {pressed}"
