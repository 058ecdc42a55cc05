"""The user's own settings: relutui.toml in the folder where the system keeps configurations."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from relutui.commands.command import Command
from relutui.lib.files import read_regular
from relutui.lib.safe_text import did_you_mean, quote_value, sanitize_line
from relutui.model.trainer import DEVICES
from relutui.scenario.toml_table import MAX_BYTES, MAX_PROBLEMS, Invalid, Table, invalid, one_of, read_toml
from relutui.terminal.key_names import is_key, key_event
from relutui.ui import themes

DEVICE_VARIABLE = "RELUTUI_DEVICE"  # which comes before the configuration
TABLE_KEYS = (*"0123456789-.", "enter", "backspace", "delete")
PROGRAM_KEYS = ("ctrl+c", "ctrl+l", "ctrl+z")
SENT_ALIKE = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter"}  # by terminals


class ConfigurationError(Exception):
    """The configuration cannot be read; the message has a line with file and place for each thing that is wrong."""


@dataclass(frozen=True)
class Configuration:
    """What the user has set.

    theme: one of themes.NAMES, None if the terminal is to decide; device: to train on, None if none is named; keys: more keys,
    as they were written, with the command of each.
    """

    theme: str | None = None
    device: str | None = None
    keys: Mapping[str, Command] = field(default_factory=dict)


def configuration_file() -> Path:
    """The path of the configuration; on Linux ~/.config/relutui/relutui.toml."""
    return platformdirs.user_config_path("relutui", appauthor=False) / "relutui.toml"


def read_configuration() -> Configuration:
    """Read the configuration; without a file, all is as it comes.  Raises ConfigurationError with every problem."""
    path = configuration_file()
    place, problems = sanitize_line(str(path)), list[str]()
    try:
        root = Table(read_toml(read_regular(path, MAX_BYTES + 1)), f"{place}: ", problems)
    except (FileNotFoundError, NotADirectoryError):  # the second: a home that is no folder
        return Configuration()
    except Invalid as error:
        raise ConfigurationError("\n".join(f"{place}: {message}" for message in error.args)) from None
    except OSError as error:
        raise ConfigurationError(f"{place}: {(error.strerror or str(error)).lower()}") from None
    theme = root.read("theme", one_of(themes.NAMES), None)
    device = root.read("device", one_of(("CPU", *DEVICES)), None)
    keys = root.read("keys", _keys, {})
    root.close()
    if problems:
        raise ConfigurationError("\n".join(problems))
    return Configuration(theme, device, keys)


def device_of(options: argparse.Namespace, configuration: Configuration | None = None) -> str | None:
    """The device to train on: the option's, else that of the configuration, unless a variable names one.

    The configuration is read if it is not given.  Raises ConfigurationError.
    """
    if options.device is not None or os.environ.get(DEVICE_VARIABLE):
        device: str | None = options.device
        return device
    return (configuration or read_configuration()).device


def _keys(value: object) -> dict[str, Command]:
    """Check the table of keys by the ids of commands: each a key, or an array of keys, that does nothing yet."""
    if not isinstance(value, dict):
        invalid("a table of keys, by the names of commands", value)
    from relutui.commands.contents import COMMANDS  # imported on demand: start-up time counts
    from relutui.commands.modes import DRAWING_COMMANDS, HOLD_COMMANDS

    commands = {command.id: command for command in COMMANDS}
    taken = {key_event(key)[0]: f"is for {command.id}" for command in COMMANDS for key in command.keys}
    taken |= {key_event(key)[0]: "is for a mode" for each in (*HOLD_COMMANDS, *DRAWING_COMMANDS) for key in each.keys} | taken
    taken |= {key_event(key)[0]: "is for the table" for key in TABLE_KEYS}
    taken |= dict.fromkeys(PROGRAM_KEYS, "is for the program")
    taken |= {key: f"is sent by terminals as {other}" for key, other in SENT_ALIKE.items()}
    found: dict[str, Command] = {}
    problems: list[str] = []
    for id, given in value.items():
        if len(problems) >= MAX_PROBLEMS:
            break
        keys = given if isinstance(given, list) else [given]
        if id not in commands:
            problems.append(f"no command is called {quote_value(id)}{did_you_mean(id, tuple(commands))}")
        for key in keys[:MAX_PROBLEMS]:
            place = quote_value(id)
            if not isinstance(key, str) or not is_key(key):
                problems.append(f'{place}: expected the name of a key such as "f5" or "ctrl+s", got {quote_value(key)}')
            elif why := taken.get(key_event(key)[0]):
                problems.append(f"{place}: expected a key that does nothing yet, and {quote_value(key)} {why}")
            elif id in commands:
                found[key], taken[key_event(key)[0]] = commands[id], f"is for {id}"
    if problems:
        raise Invalid(*problems)
    return found
