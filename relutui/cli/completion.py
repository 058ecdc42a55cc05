"""`relutui completion`: the script by which a shell completes commands, options, scenarios and files."""

import argparse

import shtab

from relutui.cli.parser import make_parser
from relutui.docs.pages import PAGES
from relutui.model.trainer import DEVICES
from relutui.scenario.library import load, shipped


def completion(shell: str) -> int:
    """Print the script for bash, zsh or fish."""
    parser = make_parser()
    # Private names of argparse (Python 3.11 to 3.14), which has no public ones for the commands and arguments of a parser.
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    names = shipped()
    for command in list(commands.choices.values()):
        for action in command._actions:
            _complete_values(action, tuple(names))
    for name, path in names.items():  # which may stand in the place of a command
        commands.add_parser(name, help=load(path).title, add_help=False)
    print(shtab.complete(parser, shell))
    return 0


def _complete_values(action: argparse.Action, names: tuple[str, ...]) -> None:
    """Tell what the values of an argument are, by what the help calls them."""
    match str(action.metavar).partition(".")[0]:
        case "NAME or FILE":
            action.complete = _words("scenario_or_file", names, or_files=True)  # type: ignore[attr-defined]
        case "FILE" | "ADDRESS" | "NAME" if action.dest != "page":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        case "FOLDER":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        case "D":
            action.complete = _words("device", tuple(DEVICES))  # type: ignore[attr-defined]
        case "NAME":
            action.complete = _words("page", PAGES)  # type: ignore[attr-defined]


def _words(what: str, words: tuple[str, ...], or_files: bool = False) -> dict[str, str | dict[str, str]]:
    """Words, and files if wanted, as a function of each shell; as `choices` zsh would take a colon in them for its own."""
    name, listed = f"_relutui_{what}", " ".join(words)  # in bash, "_file" in the name has what is a file quoted
    files = {"bash": '; _shtab_compgen_files "$1"', "zsh": "; _files", "fish": "; __fish_complete_path (commandline -ct)"}
    bodies = {
        "bash": f'{name}() {{ compgen -W "{listed}" -- "$1"FILES; }}',
        "zsh": f"{name}() {{ compadd {listed}FILES; }}",
        "fish": f"function {name}; printf '%s\\n' {listed}FILES; end",
    }
    preamble = {shell: body.replace("FILES", files[shell] if or_files else "") for shell, body in bodies.items()}
    return {"bash": name, "zsh": name, "fish": f"({name})", "preamble": preamble}
