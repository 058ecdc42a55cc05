"""The user's own settings: relutui.toml in the folder where the system keeps configurations."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from relutui.lib.files import read_regular
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.toml_table import MAX_BYTES, Invalid, Table, one_of, read_toml
from relutui.ui import themes


class ConfigurationError(Exception):
    """The configuration cannot be read; the message has a line with file and place for each thing that is wrong."""


@dataclass(frozen=True)
class Configuration:
    """What the user has set; theme: one of themes.NAMES, None if the terminal is to decide."""

    theme: str | None = None


def configuration_file() -> Path:
    """Where the configuration is read from; on Linux ~/.config/relutui/relutui.toml."""
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
    root.close()
    if problems:
        raise ConfigurationError("\n".join(problems))
    return Configuration(theme)
