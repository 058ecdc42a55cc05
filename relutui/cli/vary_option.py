"""`--vary NAME=V1,V2,...`: reading it, and the command that opens what was varied."""

import argparse
import shlex
from collections.abc import Callable, Mapping

from relutui.cli.option_types import batch_size, momentum, optimizer, positive, scale, scheme, unit_counts, weight_decay
from relutui.cli.usage import UsageError
from relutui.lib.safe_text import did_you_mean, quote_value
from relutui.study.grid import NAMES, Name, Value, Varied

_TYPES: dict[str, Callable[[str], Value]] = {
    "learning_rate": positive, "optimizer": optimizer, "momentum": momentum, "weight_decay": weight_decay,
    "batch": batch_size, "scheme": scheme, "scale": scale,
}  # fmt: skip
LETTERS: dict[Name, str] = {  # as in --help
    "units": "N", "learning_rate": "R", "optimizer": "O", "momentum": "M", "weight_decay": "L", "batch": "B",
    "scheme": "I", "scale": "A",
}  # fmt: skip


def read_vary(options: argparse.Namespace) -> tuple[Varied, ...]:
    """What is varied, in the order in which it was given.  Raises UsageError."""
    grid = tuple(map(_varied, options.vary))
    for place, (name, _) in enumerate(grid):
        if name in [other for other, _ in grid[:place]]:
            raise UsageError(f"--vary {name}= is given twice: name all values at once")
        if option_of(options, name) is not None:
            raise UsageError(f"--vary {name}= and {_option(name)} say the same thing: one of them is enough")
    return grid


def _varied(text: str) -> Varied:
    name, equals, values = text.partition("=")
    if not equals:
        raise UsageError(f"--vary: expected NAME=V1,V2,..., got {quote_value(text)}")
    if name not in NAMES:
        hint = did_you_mean(name, NAMES)
        raise UsageError(f"--vary: expected one of {', '.join(NAMES)} before the =, got {quote_value(name)}{hint}")
    try:
        read = unit_counts(values) if name == "units" else tuple(map(_TYPES[name], values.split(",")))
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"--vary {text}: {error}") from None
    if len(set(read)) < len(read):
        twice = next(value for place, value in enumerate(read) if value in read[:place])
        raise UsageError(f"--vary {text}: expected different values, got {twice} twice")
    return Varied(name, read)


def command(options: argparse.Namespace, varied: Mapping[Name, str]) -> str:
    """The command that opens a start of a sweep in the app, with a letter for its seed, and what is varied as it is written."""
    words = ["relutui", shlex.quote(options.scenario), *_choice(options)]
    for name in NAMES:
        given = option_of(options, name)
        if name in varied or given is not None:
            words += [_option(name), varied.get(name, str(given))]
    return " ".join([*words, "--seed S"])


def _choice(options: argparse.Namespace) -> list[str]:
    """The options that say which columns and rows of a file of data are meant."""
    columns = [word for axis in ("x", "y") if (column := getattr(options, axis)) for word in (f"--{axis}", shlex.quote(column))]
    if options.missing is None:
        return columns
    return [*columns, *(["--drop-missing"] if options.missing == "drop" else ["--missing", f"{options.missing:.17g}"])]


def option_of(options: argparse.Namespace, name: Name) -> Value | None:
    """The value that an option of its own gives what can be varied, of several numbers of units the first; None without one."""
    value: Value | None = options.unit_counts and options.unit_counts[0] if name == "units" else getattr(options, name)
    return value


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
