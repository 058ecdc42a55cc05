"""The commands, called as the shell would; the engine is the real one."""

import json
import os
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.cli.parser import COMMANDS as SUBCOMMANDS
from relutui.scenario.course import COURSE, ORDER
from relutui.scenario.library import load, shipped
from relutui.session.progress import Progress, Solved
from relutui.session.progress_file import save_progress
from relutui.session.session import open_session
from tests.support.waiting import LIMIT


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    header, *lines, _, last = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line[0].isdigit()] == [f"{n} {chapter.title}" for n, chapter in enumerate(COURSE, 1)]
    rows = [line for line in lines if not line[0].isdigit()]
    assert [row[2:].split()[0] for row in rows] == list(ORDER)
    assert rows[ORDER.index("lab")].split(maxsplit=3)[1:3] == ["3", "300"]
    assert {row.index(load(path).summary) for row, path in zip(rows, shipped().values())} == {header.index("summary")}
    assert rows[0].startswith("> one-unit")
    assert last == f"0 of {len(ORDER)} done; next: one-unit"


def test_list_ticks_what_was_solved(capsys: pytest.CaptureFixture[str]) -> None:
    save_progress(Progress(), Progress().with_solved("one-unit", Solved(3, 0, 1)).with_opened("shifted-1", 1))
    assert main(["list"]) == 0
    *lines, counted, last = capsys.readouterr().out.splitlines()
    assert [line[2:].split()[0] for line in lines if line[0] == "✓"] == ["one-unit"]  # opened is not done
    assert counted == "done: solved, or where there is nothing to solve, its questions answered"
    assert last == f"1 of {len(ORDER)} done; next: one-unit-kink"


def test_check_reports_every_error_of_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('title = "g"\n[target]\npoints = [[0, 0]]\n[init]\nunits = 2\n')
    bad.write_text('titel = "b"\n[target]\npoints = [[0, "a"]]\n[init]\nunits = 2\n')
    assert main(["check", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: good: 2 units, 1 point\n"
    assert main(["check", str(good), str(bad), str(tmp_path / "none.toml")]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert f'{bad}: unknown key "titel" (did you mean title?)' in errors
    assert f'{bad}: target: points: item 1: expected a finite number, got "a"' in errors
    assert errors[-1] == f"{tmp_path}/none.toml: no such file"


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    save_progress(Progress(), Progress().with_solved("one-unit", Solved(3, 0, 1)))
    assert main(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["scenarios"]
    assert [row["name"] for row in rows] == list(ORDER)
    assert ([row["name"] for row in rows if row["done"]], [row["name"] for row in rows if row["next"]]) == (
        ["one-unit"],
        ["one-unit-kink"],
    )
    assert next(row for row in rows if row["name"] == "lab") == {
        "name": "lab", "chapter": "The exercise", "title": "Three units, one curve", "units": 3, "points": 300,
        "summary": "Set two units by hand so that three ReLUs add up to the target.", "done": False, "next": False,
    }  # fmt: skip


def test_check_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('title = "g"\n[target]\npoints = [[0, 0]]\n[init]\nunits = 2\n')
    bad.write_text('titel = "b"\n[target]\npoints = [[0, 0]]\n[init]\nunits = 2\n')
    assert main(["check", "--json", str(good), str(bad)]) == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    assert json.loads(captured.out) == {
        "files": [
            {"file": str(good), "good": True, "units": 2, "points": 1, "read": None, "advice": None, "problems": []},
            {
                "file": str(bad), "good": False, "units": None, "points": None, "read": None, "advice": None,
                "problems": [f"{bad}: title: missing", f'{bad}: unknown key "titel" (did you mean title?)'],
            },
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (b'title = "g"\n[target]\npoints = [[0, 0]]\n[init]\nunits = 2\n', 0, "standard input: good: 2 units, 1 point\n"),
        (b"a = [[", 1, "standard input: end of document: invalid value\n"),
        (b"#" * 10_000_000, 1, "standard input: expected at most 64 kB\n"),
        (b"\xff", 1, "standard input: not UTF-8 at byte 0\n"),
        (
            b'title = "g"\n[target]\ncsv = "a.csv"\n[init]\nunits = 2\n',
            1,
            "standard input: target: csv: a scenario that is not in a folder has no CSV file\n",
        ),
    ],
)
def test_check_reads_standard_input(
    given: bytes, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with TextIOWrapper(BytesIO(given)) as source:
        monkeypatch.setattr("sys.stdin", source)
        assert main(["check", "-"]) == status
        assert source.buffer.tell() <= 64_001
        monkeypatch.undo()
    captured = capsys.readouterr()
    assert captured.out + captured.err == said


def test_a_share_string_is_taken_like_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share", "lab"]) == 0
    text = capsys.readouterr().out.strip()
    assert main(["check", text]) == 0
    assert capsys.readouterr().out == "shared-three-units-one-curve: good: 3 units, 300 points\n"
    assert main(["train", text, "--steps", "0"]) == 0
    assert "MSE 2.4630" in capsys.readouterr().out
    assert main(["render", text, "--size", "80x24"]) == 0
    assert "shared-three-units-one-curve " in capsys.readouterr().out
    assert main(["check", f"{text[:-4]}", "relutui:\x1b"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "share string: its end is missing; copy all of it",
        'share string: character 9: expected a letter, a digit, - or _, got ""',
    ]


@pytest.mark.parametrize(("given", "named"), [(".", "."), ("/", "/"), ("folder/", "folder"), ("a/b/", "a/b")])
def test_check_names_a_folder_as_it_is_called(given: str, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", given]) == 1
    assert capsys.readouterr().err == f"{named}: expected a file name that ends in .toml, .csv, .tsv, .txt or .dat\n"


def test_points_very_far_from_0_are_good_but_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "far.toml"
    file.write_text('title = "far"\n[target]\npoints = [[1e8, 0], [100000010, 1]]\n[init]\nunits = 2\n')
    assert main(["check", str(file)]) == 0
    said = 'x is far from 0: add scale = "standard" under [target], or b has too few digits'
    assert capsys.readouterr().out == f"{file}: good: 2 units, 2 points; {said}\n"
    assert main(["train", str(file), "--steps", "0"]) == 0
    assert said in capsys.readouterr().out.splitlines()
    message = open_session(load(file)).view.message
    assert message is not None
    assert message.text == said.replace("add", "press % for")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["train", "labb", "--steps", "1"], 1, 'no scenario and no file is called "labb" (did you mean lab?)'),
        (["train", "x" * 300, "--steps", "1"], 1, "File name too long"),
        (["render", "lab", "-o", "x.png"], 2, "expected a name that ends in .svg or .txt"),
        (["render", "lab", "--keys", "s foo"], 2, 'no key is called "foo"'),
        (["render"], 2, "expected the NAME or FILE of a scenario, or --question N"),
        (["render", "lab", "--question", "3"], 2, "expected the NAME or FILE of a scenario, or --question N"),
        (["render", "lab", "--step", "1"], 2, "--step is for the tour of a --question"),
        (["render", "--question", "99"], 2, "--question: expected 1 to "),
        (["render", "--question", "3", "--step", "9"], 2, "--step: expected 0 to 2, the keys of question 3; found 9"),
        (["train", "lab", "--steps", "1", "--device", "FOO"], 1, "FOO"),
    ],
)
def test_errors_are_one_line(arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == status
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["train", "lab"], ["train", "lab", "--steps", "-1"], ["train", "lab", "--steps", "1", "--learning-rate", "0"],
     ["render", "lab", "--size", "80"], ["train"]],
)  # fmt: skip
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert "usage: relutui train" in capsys.readouterr().err or arguments[0] == "render"


@pytest.mark.parametrize(
    ("option", "number"),
    [
        *(("--learning-rate", number) for number in ("1_5", "0,5", "\u0661", "inf", "nan", "1e400", "0x1", "")),
        *(("--below", number) for number in ("1_5", "0,5", "\u0661")),
        *(("--steps", number) for number in ("\u0661\u0662", "1_0", "1e3", "+5", " 5", "5.0")),
        *(("--seeds", number) for number in ("\u0661", "1_0")),
        *(("--units", number) for number in ("\u0661", "1_0")),
    ],
)
def test_no_option_takes_another_number_for_one(option: str, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = {"--seeds": "1", "--steps": "1"} | {option: number}
    with pytest.raises(SystemExit) as error:
        main(["sweep", "lab-free", *(f"{name}={value}" for name, value in command.items())])
    assert error.value.code == 2
    assert f'got "{number}"' in capsys.readouterr().err


@pytest.mark.parametrize("size", ["1_20x36", "\u0661x36", "+80x24", "80 x24", "80x", "x", "80x24x2", "0x24", "1001x24"])
def test_a_size_is_two_whole_numbers(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["render", "lab", "--size", size])
    assert error.value.code == 2
    assert f'such as 120x36, got "{size}"' in capsys.readouterr().err


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main([command, "--help"])
    assert done.value.code == 0
    assert f"usage: relutui {command}" in capsys.readouterr().out


def test_without_a_terminal_the_app_says_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab"]) == 2
    assert "relutui render" in capsys.readouterr().err


def test_render_prints_the_screen_after_the_keys(capsys: pytest.CaptureFixture[str]) -> None:
    keys = "1 tab enter minus 1 enter s s"
    assert main(["render", "lab", "--keys", keys, "--size", "80x24"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 24
    assert "step 2" in lines[0]


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m relutui list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=LIMIT)
    assert done.stderr == ""


def test_render_draws_a_step_of_a_tour(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--question", "3", "--step", "1", "--size", "80x24"]) == 0
    text = capsys.readouterr().out
    assert "Question 3: Does unit 1 cover [1, 2] or [1, 3]?" in text
    assert "keys: ‹tab› i   space: next   backspace: back   esc: out" in text
    assert "▸ Units  ‹On and off›" in text


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
@pytest.mark.parametrize("command", ["list", "train lab --steps 0", "render lab"])
def test_a_full_disk_is_one_line(command: str) -> None:
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "relutui", *command.split()]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=LIMIT)
    assert (done.returncode, done.stderr) == (1, "standard output: No space left on device\n")


def test_render_writes_svg_and_text(tmp_path: Path) -> None:
    for name in ("screen.svg", "screen.txt"):
        assert main(["render", "lab", "--size", "80x24", "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / "screen.svg").read_text().startswith("<svg")
    assert "Three units, one curve" in (tmp_path / "screen.txt").read_text()


def test_what_is_printed_past_python_is_not_heard() -> None:
    """By descriptor, as drivers do it: from before the first word of ours, in the middle of a line, to after the last."""
    code = """
import atexit, os, sys
from relutui.cli import stdio
stdio.keep_out()
chatter = [lambda fd=fd: os.write(fd, b"chatter") for fd in (1, 2)]
for say in chatter: atexit.register(say); say()
print("told", end=""); sys.__stdout__.flush(); chatter[0](); print(" é")
print("failed", end="", file=sys.stderr); chatter[1](); print("!", file=sys.__stderr__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, timeout=LIMIT)
    assert (done.stdout, done.stderr) == ("told é\n", "failed!\n")


def test_an_empty_name_is_said_and_nothing_opens(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_DRIVER", "none.of:These")  # which is not reached
    for arguments in ([""], ["open", ""], ["train", "", "--steps", "1"], ["render", ""]):
        assert main(arguments) == 1
        assert capsys.readouterr().err == 'no scenario and no file is called ""\n'
