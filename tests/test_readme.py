"""The README and the manual say what the program does."""

import re
import textwrap
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest
from textual.widgets import Markdown

from relutui.cli.parser import COMMANDS as SUBCOMMANDS
from relutui.commands.contents import COMMANDS, key_table
from relutui.docs.pages import PAGES, read_page
from relutui.explain.glossary import GLOSSARY
from relutui.model.network import Network
from relutui.model.training import TrainingSettings
from relutui.scenario.expression import FUNCTIONS
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Exercise, Init, ScenarioError
from relutui.scenario.target import Target
from relutui.session.questions import QUESTIONS
from relutui.ui.screens.lesson import prose

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCENARIOS, COMMANDS_PAGE = read_page("scenarios"), read_page("commands")
SMALLEST, COMPLETE, *_ = re.findall(r"```toml\n(.*?)```", SCENARIOS, re.DOTALL)
UNIT = COMPLETE[COMPLETE.index("[[unit]]") : COMPLETE.index("[init]")]
LINK = re.compile(r"\]\(([^)]*)\)")


def test_the_page_of_keys_is_of_those_of_the_commands() -> None:
    assert _blocks("keys") == [_table(key_table(), 18)]


def test_the_page_of_words_is_of_those_of_the_app() -> None:
    assert _blocks("words") == [_table(list(GLOSSARY.items()), 16)]


def test_the_page_of_questions_is_of_those_of_the_app() -> None:
    headings = [line.removeprefix("## ") for line in read_page("questions").splitlines() if line.startswith("## ")]
    assert headings == [f"{question.number}. {question.text}" for question in QUESTIONS]
    tours = [
        _table([("open", question.scenario), *((step.key, step.caption) for step in question.steps)], 5)
        for question in QUESTIONS
    ]
    assert _blocks("questions") == tours


def test_the_readme_has_the_answer_to_every_question() -> None:
    section = README.split("## The questions\n")[1].split("\n## ")[0]
    for question in QUESTIONS:
        assert f"{question.number}. {question.text} **{question.answer}**" in section


def test_the_keys_in_the_readme_are_those_of_the_commands() -> None:
    table = README.split("## Ten keys\n")[1].split("\n[All keys]")[0].strip().splitlines()[2:]
    known = {f"| {_code(keys)} | {help} |" for keys, help in key_table()}
    assert len(table) == 10
    assert set(table) <= known


@pytest.mark.parametrize("text", [README, COMMANDS_PAGE], ids=["README", "commands"])
def test_every_command_of_the_command_line_is_named(text: str) -> None:
    for command in SUBCOMMANDS:
        assert command == "open" or f"`relutui {command}" in text


def test_the_speeds_in_the_readme_are_those_of_the_page() -> None:
    """Of the two figures of the page, those at 10,000 steps a call; of one, that."""
    table = README.split("at 10,000 steps a call:\n\n")[1].split("\n\n")[0].splitlines()
    rows = {name: cells for name, *cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in table[2:])}
    page = {line[:22].strip(): [line[at : at + 12] for at in range(22, 70, 12)] for line in _blocks("speed")[0].splitlines()}
    assert len(rows) == 5
    for name, cells in rows.items():
        assert cells == [both.split("/")[-1].strip() for both in page[name]]
    assert "MISSED" not in README


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 170


def test_the_readme_leads_to_every_page() -> None:
    assert {f"relutui/docs/{page}.md" for page in PAGES} <= set(LINK.findall(README))


@pytest.mark.parametrize("file", ["README.md", *(f"relutui/docs/{page}.md" for page in PAGES)])
def test_every_link_leads_somewhere(file: str) -> None:
    path = ROOT / file
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / link).is_file(), link


@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_read_in_a_terminal_and_in_the_app(page: str) -> None:
    """No table whose rows must be wrapped; a block of text has 73 columns in the app at 80x24."""
    text = read_page(page)
    assert max(len(line) for line in text.splitlines() if not line.startswith("#")) <= 80
    assert max((len(line) for block in _blocks(page) for line in block.splitlines()), default=0) <= 73
    assert not re.search(r"^\||<!--", text, re.MULTILINE)
    assert isinstance(prose(text), Markdown)  # not too much to be laid out


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
    known -= {"automatic_rate", "deeper", "scale_units"}  # which learning_rate says, [[layer]], and scale_x and scale_y
    known |= {"scale_x", "scale_y"}
    known |= {"text", "x", "tolerance", "then", "keys", "place", "misconception", "unit"}  # of [[ask]]
    known |= {"y", "missing"}  # of a CSV file
    known |= {"title", "summary", "intro", "lesson", "view", "output_bias", "lock_output_bias", "w", "b", "v", "lock"}
    assert set(re.findall(r"^(?:# )?(\w+) =", COMPLETE, re.MULTILINE)) == known


def test_the_functions_of_expressions_are_named() -> None:
    block = next(block for block in _blocks("scenarios") if block.startswith("of one number"))
    one, two = block.replace("of one number", "").split("of two numbers")
    named = {name: arguments for arguments, names in ((1, one), (2, two)) for name in names.split()}
    assert named == {name: arguments for name, (_, arguments) in FUNCTIONS.items()}


def test_the_sample_error_is_what_the_program_says() -> None:
    with pytest.raises(ScenarioError) as error:
        parse(SMALLEST.replace("[0.5, 1]", '[0.5, "abc"]').replace("units", "untis"), "bump", None)
    assert str(error.value) in _blocks("scenarios")


def test_no_two_commands_share_a_key() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def _blocks(page: str) -> list[str]:
    """The fenced blocks of a page."""
    fences = [match.span() for match in re.finditer(r"^```.*\n", read_page(page) + "\n", re.MULTILINE)]
    return [read_page(page)[begin:end].rstrip("\n") for (_, begin), (end, _) in list(pairwise(fences))[::2]]


def _table(rows: list[tuple[str, str]], first: int, width: int = 72) -> str:
    """Two columns, each wrapped; the first of so many characters."""
    lines = []
    for left, right in rows:
        cells = textwrap.wrap(left, first), textwrap.wrap(right, width - first - 2)
        for n in range(max(map(len, cells))):
            here, there = (cell[n] if n < len(cell) else "" for cell in cells)
            lines.append(f"{here:<{first}}  {there}".rstrip())
    return "\n".join(lines)


def _commented(text: str, key: str) -> str:
    return re.sub(rf"^{key} =", f"# {key} =", text, flags=re.MULTILINE)


def _uncommented(text: str, key: str) -> str:
    return re.sub(rf"^# {key} =", f"{key} =", text, flags=re.MULTILINE)


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split()) if all(len(key) == 1 for key in keys.split()) else keys
