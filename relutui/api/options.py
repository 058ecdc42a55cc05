"""A scenario with other training settings than its own, checked as those of a scenario file are."""

import os
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from relutui.exchange.opening import open_named
from relutui.lib.arrays import Array
from relutui.lib.safe_text import shorten
from relutui.scenario.csv_choice import Column, Missing
from relutui.scenario.csv_keys import read_choice
from relutui.scenario.scenario import Scenario
from relutui.scenario.sections import MAX_SEED, read_init, read_settings
from relutui.scenario.toml_table import Invalid, Table, integer

INIT = ("units", "scheme", "scale", "seed")


def check_options(options: dict[str, Any]) -> None:
    """Check what may be given in place of a scenario's own, by the names of its file; None is left out.

    Raises ValueError with every problem.
    """
    given = _given(options)
    problems: list[str] = []
    read_init(Table({name: value for name, value in given.items() if name in INIT}, "", problems))
    read_settings(Table({name: value for name, value in given.items() if name not in INIT}, "", problems))
    _refuse(problems)


def open_scenario(
    name: str | os.PathLike[str],
    *,
    x: Column | None,
    y: Column | None,
    missing: Missing,
    seed: int | None,
    **overrides: Any,
) -> Scenario:
    """Open a shipped scenario, a file or a share string, with overrides in place of its own, by the names of its file.

    x, y, missing: of a file of data, as under [target] of a scenario; seed: only checked.

    Raises ScenarioError, and ValueError for what no scenario may have.
    """
    if not isinstance(name, str | os.PathLike):
        raise ValueError(f"expected the name of a scenario, a path or a share string, got {name!r}")
    check_options({"seed": seed, **overrides})
    problems: list[str] = []
    choice = read_choice(Table(_given({"x": x, "y": y, "missing": None if missing == "refuse" else missing}), "", problems))
    _refuse(problems)
    scenario = open_named(os.fspath(name), choice=choice)
    if overrides.get("units") and not scenario.init.units:
        raise ValueError(f"units is for scenarios that draw their units ([init] units); {scenario.name} lists them")
    return scenario.with_overrides(**overrides)


def check_whole(name: str, value: object, least: int) -> None:
    """Check a number of things, which is a whole one.  Raises ValueError."""
    try:
        integer(least, MAX_SEED)(plain(value))
    except Invalid:
        raise ValueError(f"{name}: expected a whole number of {least} or more, got {value!r}") from None


def numbers(name: str, value: ArrayLike) -> Array:
    """Numbers in any shape, as an array of their own.  Raises ValueError."""
    try:
        return np.array(value, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected numbers, got {shorten(repr(value))}") from None


def plain(value: Any) -> Any:
    """A number of numpy as one of Python, and a tuple as an array of a scenario file."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def _given(options: dict[str, Any]) -> dict[str, object]:
    return {name: plain(value) for name, value in options.items() if value is not None}


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ValueError("; ".join(problems))
