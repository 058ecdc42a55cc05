"""What files say never steers the terminal: looked at in the very bytes that are sent."""

import re
import unicodedata
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.scenario.scenario import VIEWS
from tests.promises.program import Program
from tests.support.hostile_text import HARMLESS, STEERING, bad_scenario, csv_file, scenario

pytestmark = pytest.mark.slow

SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])")
NAMES = {HARMLESS: "named-]52;c;aGk=red.toml", STEERING: "named\x1b]52;c;aGk=\x07\x9b31m\u202e\u200b\nred.toml"}


def kinds(sent: bytes) -> set[str]:
    """The kinds of everything that was sent but plain text: sequences with # for their numbers, controls, formats."""
    text = sent.decode()  # whole, as nothing is cut off
    plain = SEQUENCE.sub("", text)
    steering = {repr(c) for c in plain if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    # Which modes are set is told apart; where the cursor goes and what colours there are is not.
    return steering | {found if found[-1] in "hl" else re.sub(r"[\d;:]+", "#", found) for found in SEQUENCE.findall(text)}


def home(folder: Path, text: str) -> Path:
    """A home with two scenarios that say the text, one good and one bad, and what they need."""
    folder.mkdir()
    (folder / NAMES[text]).write_text(scenario(text), encoding="utf-8", newline="")
    (folder / f"bad-{NAMES[text]}").write_text(bad_scenario(text), encoding="utf-8", newline="")
    (folder / "bad.toml").write_text(bad_scenario(text), encoding="utf-8", newline="")
    (folder / "data.csv").write_text(csv_file(text), encoding="utf-8", newline="")
    return folder


# What is pressed, and what then stands on the screen; with "", what is no longer there.
JOURNEY = (
    *(("h", "is missing"), ("h", "Hint 1 of 2"), ("h", "Hint 2 of 2"), ("t", "esc closes"), ("\x1b", "")),
    *(("+", "1.10"), ("w", "as a scenario"), ("\r", "written: named")),
    *(("w", "as a scenario"), ("\r", "exists"), ("\x1b", "")),
    *(("E", ".safetensors"), ("\x1b", "")),
    *(("v", f"─ {view.capitalize()}") for view in (*VIEWS[1:], VIEWS[0])),
    *(("i", "Unit 0"), ("?", "Questions"), ("\x1b", ""), ("\x10", "Search"), ("\x1b", ""), ("g", "esc Back"), ("\x1b", "")),
    *(("n", "esc Back"), ("\x1b", ""), ("A", "esc Back"), ("\x1b", "")),
    ("o", "Scenarios"),
)


def shows(program: Program, text: str) -> bool:
    return text in program.text


def hides(program: Program, text: str) -> bool:
    return text not in program.text


def test_no_screen_sends_what_a_file_says(tmp_path: Path) -> None:
    sent: dict[str, bytes] = {}
    for said in (HARMLESS, STEERING):
        with Program(home(tmp_path / str(len(sent)), said), NAMES[said], size=(140, 50)) as program:
            program.wait_for(over := "no training")
            for key, text in JOURNEY:
                program.press(key)
                program.wait_until(partial(shows, program, text) if text else partial(hides, program, over))
                over = text
            # The first / goes to the line for a path; how soon is not seen, so all that come are the beginning of one.
            for _ in range(200):
                program.press("/")
                program.read()
                if shows(program, "///"):
                    break
            program.press(f"{program.home}/bad.toml\r")
            program.wait_for("bad.toml: title: expected")
            program.press("\x1b")
            program.wait_until(partial(hides, program, "bad.toml"))
            program.press("\x1b")  # the first has cleared the line
            program.wait_until(partial(hides, program, "Scenarios"))
            program.press("qq")
            assert program.wait_for_end() == 0
            sent[said] = program.sent
    assert kinds(sent[STEERING]) == kinds(sent[HARMLESS])


COMMANDS = (
    ("check", "GOOD", "BAD", "NONE"), ("check", "--json", "GOOD", "BAD", "NONE"), ("check", "relutui:NONE"),
    ("share", "BAD"), ("share", "NONE"), ("train", "GOOD", "--steps", "0", "--curve", "NONE"), ("completion", "NONE"),
    ("train", "GOOD", "--steps", "0"), ("train", "GOOD", "--steps", "0", "--json"),
    ("train", "BAD", "--steps", "0"), ("train", "NONE", "--steps", "0"), ("train", "GOOD", "--steps", "NONE"),
    ("train", "GOOD", "--steps", "0", "--save", "GOOD"), ("train", "GOOD", "--steps", "0", "--save", "NONE/NONE.toml"),
    ("train", "GOOD", "--steps", "1", "--device", "NONE"), ("train", "GOOD", "--steps", "1", "--optimizer", "NONE"),
    ("train", "GOOD", "--steps", "0", "--units", "2"), ("sweep", "GOOD", "--seeds", "1", "--steps", "1"),
    ("sweep", "GOOD", "--seeds", "1", "--steps", "1", "--json"),
    ("sweep", "GOOD", "--seeds", "1", "--steps", "1", "--units", "2"),
    ("sweep", "NONE", "--seeds", "1", "--steps", "1", "--json"), ("render", "GOOD", "--keys", "h h h t"),
    *(("sweep", "GOOD", "--seeds", "1", "--steps", "1", "--vary", *vary) for vary in (
        ["scale=1,2", "--plot"], ["scale=1,2", "--plot", "NONE"], ["NONE"], ["NONE=1"], ["optimizer=NONE"],
    )), ("search", "GOOD", "--seeds", "1", "--steps", "1"), ("search", "NONE", "--seeds", "1", "--steps", "1"),
    ("render", "GOOD", "--keys", "NONE"), ("render", "BAD"), ("render", "GOOD", "-o", "NONE"),
    ("render", "GOOD", "--size", "NONE"), ("devices", "NONE"), ("bench", "NONE"), ("list", "NONE"), ("GOOD", "NONE"),
    ("--NONE",), ("GOOD",),
)  # fmt: skip


@pytest.mark.parametrize("none", [f"{STEERING}.toml".replace("/", ""), "\udcff\n\ud800"])
def test_no_command_prints_what_a_file_or_a_name_says(
    none: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(home(tmp_path / "home", STEERING))
    meant = {"GOOD": NAMES[STEERING], "BAD": f"bad-{NAMES[STEERING]}", "NONE": none}
    for command in COMMANDS:
        with suppress(SystemExit):
            main([re.sub("GOOD|BAD|NONE", lambda found: meant[found[0]], argument) for argument in command])
        for printed in capfdbinary.readouterr():
            assert kinds(printed) <= {repr("\n")}, command
