import re
from dataclasses import fields
from pathlib import Path

import pytest

from relutui.cli import COMMANDS as SUBCOMMANDS
from relutui.commands import COMMANDS, key_table
from relutui.data import Target
from relutui.explain import GLOSSARY
from relutui.network import Network
from relutui.questions import QUESTIONS
from relutui.scenario import ScenarioError, parse
from relutui.sections import Exercise, Init
from relutui.training import TrainingSettings
from tests.support.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALLEST, COMPLETE = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
UNIT = COMPLETE[COMPLETE.index("[[unit]]") : COMPLETE.index("[init]")]


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
    assert parse(SMALLEST, "bump", None).title == "A bump"


@pytest.mark.parametrize("given", ["knots", "points", "expression", "csv"])
def test_the_complete_scenario_is_one_with_each_kind_of_target(given: str, tmp_path: Path) -> None:
    (tmp_path / "doses.csv").write_text("x,y\n0,2\n3,4\n")
    text = _uncommented(_commented(COMPLETE, "knots"), given)
    text = _uncommented(text, "domain") if given == "expression" else text
    text = _commented(text, "samples") if given in ("points", "csv") else text
    target = parse(text, "bends", tmp_path).target
    assert bool(target.knots or target.expression) == (given in ("knots", "expression"))
    assert bool(target.csv) == (given == "csv")


def test_the_complete_scenario_has_the_defaults() -> None:
    scenario = parse(COMPLETE, "bends", None)
    assert scenario.network == Network()
    assert (scenario.init, scenario.settings, scenario.exercise) == (Init(), TrainingSettings(), Exercise())
    assert (scenario.target.samples, scenario.target.noise, scenario.target.noise_seed) == (100, 0.0, 0)


def test_the_units_of_the_complete_scenario_can_be_drawn() -> None:
    assert parse(_uncommented(COMPLETE.replace(UNIT, ""), "units"), "bends", None).init.units == 2


def test_the_complete_scenario_names_every_key() -> None:
    known = {field.name for table in (Target, Network, Init, TrainingSettings, Exercise) for field in fields(table)}
    known |= {"title", "summary", "lesson", "output_bias", "lock_output_bias", "w", "b", "v", "lock"}
    assert set(re.findall(r"^(?:# )?(\w+) =", COMPLETE, re.MULTILINE)) == known


def test_the_sample_error_is_what_the_program_says() -> None:
    with pytest.raises(ScenarioError) as error:
        parse(SMALLEST.replace("[0.5, 1]", '[0.5, "abc"]').replace("units", "untis"), "bump", None)
    assert f"\n```\n{error.value}\n```\n" in README


def test_no_two_commands_share_a_key() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def _commented(text: str, key: str) -> str:
    return re.sub(rf"^{key} =", f"# {key} =", text, flags=re.MULTILINE)


def _uncommented(text: str, key: str) -> str:
    return re.sub(rf"^# {key} =", f"{key} =", text, flags=re.MULTILINE)


def _between(name: str, source: str) -> str:
    """What stands between the two marks of a list."""
    begin = f"<!-- {name}: written from {source}, compared with it in tests/test_readme.py -->\n"
    return README.split(begin)[1].split(f"\n<!-- end of {name} -->")[0]


def _key(key: str) -> str:
    return f"`{key}`" if len(key) == 1 else key


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split()) if all(len(key) == 1 for key in keys.split()) else keys
