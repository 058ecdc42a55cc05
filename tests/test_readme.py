import re
from pathlib import Path

import pytest

from relutui.cli import COMMANDS as SUBCOMMANDS
from relutui.commands import COMMANDS, key_table
from relutui.explain import GLOSSARY
from relutui.questions import QUESTIONS
from relutui.scenario import ScenarioError, parse

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_table_of_keys_is_that_of_the_commands() -> None:
    rows = [f"| {_code(keys)} | {help} |" for keys, help in key_table()]
    table = "\n".join(["| key | does |", "|---|---|", *rows])
    written = README.split("<!-- keys: written from the commands, compared with them in tests/test_readme.py -->\n")[1]
    assert written.split("\n<!-- end of keys -->")[0] == table


def test_the_table_of_questions_is_that_of_the_app() -> None:
    rows = [f"| {q.number}. {q.text} | `{q.scenario}` | {' '.join(map(_key, q.keys))} |" for q in QUESTIONS]
    assert _between("questions", "relutui/questions.py") == "\n".join(
        ["| question | scenario | keys |", "|---|---|---|", *rows]
    )


def test_the_words_are_those_of_the_app() -> None:
    rows = [f"| {word} | {meaning} |" for word, meaning in GLOSSARY.items()]
    assert _between("words", "relutui/explain/glossary.py") == "\n".join(["| word | means |", "|---|---|", *rows])


def test_every_command_of_the_command_line_is_named() -> None:
    for command in SUBCOMMANDS:
        assert command == "open" or f"`relutui {command}" in README


def test_the_smallest_scenario_is_one() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert parse(example, "bump", None).title == "A bump"


def test_the_sample_error_is_what_the_program_says() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    with pytest.raises(ScenarioError) as error:
        parse(example.replace("[0.5, 1]", '[0.5, "abc"]').replace("units", "untis"), "bump", None)
    assert f"\n```\n{error.value}\n```\n" in README


def test_no_two_commands_share_a_key() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def _between(name: str, source: str) -> str:
    """What stands between the two marks of a list."""
    begin = f"<!-- {name}: written from {source}, compared with it in tests/test_readme.py -->\n"
    return README.split(begin)[1].split(f"\n<!-- end of {name} -->")[0]


def _key(key: str) -> str:
    return f"`{key}`" if len(key) == 1 else key


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split()) if all(len(key) == 1 for key in keys.split()) else keys
