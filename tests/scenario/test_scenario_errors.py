"""What a scenario file may not say, and how it is told."""

import time
from pathlib import Path

import numpy as np
import pytest

from relutui.scenario.reader import parse
from relutui.scenario.scenario import MAX_UNITS, ScenarioError

SMALL = 'title = "T"\n[target]\npoints = [[0, 1], [2, 3]]\n[init]\nunits = 2\n'


def problems(text: str | bytes, folder: Path | None = None) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "bad", folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return [problem.removeprefix("bad.toml: ") for problem in caught.value.problems]


def test_all_errors_of_a_file_come_at_once_with_place_and_nearest_key() -> None:
    assert problems("""
        titel = "T"
        summary = 3
        intro = "1\\n2\\n3\\n4"
        [target]
        knots = [[0, 1], [0, 2], ["a", 3], [1]]
        samples = 1
        domian = [0, 1]
        [network]
        activation = "rel"
        slope_at_kink = 0.7
        lock_output_bias = 1
        [[unit]]
        w = 1e999
        b = "abc"
        lock = ["w", "x", 3]
        [[unit]]
        w = true
        b = 0
        v = 0
        colour = "red"
        [init]
        units = 3
        seed = -1
        [training]
        optimizer = "adm"
        learning_rate = 0
        momentum = 1
        steps = 1.0
        stop_below = nan
        [exercise]
        range = [4, -4]
        hints = "none"
        why = 1
        """) == [
        "title: missing",
        "summary: expected a string, got 3",
        "intro: expected at most 3 lines, got 4",
        'target: knots: item 3: expected a finite number, got "a"',
        "target: knots: item 4: expected [x, y], got an array of 1",
        "target: samples: expected a whole number from 2 to 100000, got 1",
        'target: unknown key "domian" (did you mean domain?)',
        "network: activation: expected one of relu, leaky_relu, softplus, sigmoid, tanh, identity, step, rect, "
        'got "rel" (did you mean relu?)',
        "network: slope_at_kink: expected one of 0.0, 0.5, 1.0, got 0.7",
        "network: lock_output_bias: expected true or false, got 1",
        f"init: seed: expected a whole number from 0 to {2**63 - 1}, got -1",
        "expected either [[unit]] or [init] units, got both",
        "unit 0: w: expected a finite number of at most 1e+39 either way, got inf",
        'unit 0: b: expected a finite number of at most 1e+39 either way, got "abc"',
        "unit 0: v: missing",
        'unit 0: lock: item 2: expected one of w, b, v, got "x"',
        "unit 0: lock: item 3: expected one of w, b, v, got 3",
        "unit 1: w: expected a finite number of at most 1e+39 either way, got true",
        'unit 1: unknown key "colour" (known: w, b, v, lock)',
        'training: optimizer: expected one of sgd, momentum, adam, got "adm" (did you mean adam?)',
        "training: learning_rate: expected a finite number above 0, got 0",
        "training: momentum: expected a finite number of 0 or more, below 1, got 1",
        "training: steps: expected a whole number from 1 to 100000, got 1.0",
        "training: stop_below: expected a finite number above 0, got nan",
        "exercise: range: expected [low, high] with low below high, got [4, -4]",
        'exercise: hints: expected an array, got "none"',
        "exercise: why: expected a string, got 1",
        'unknown key "titel" (did you mean title?)',
    ]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("", "target: expected exactly one of knots, points, expression and csv, got none"),
        (
            "knots = [[0, 1], [1, 1]]\npoints = [[0, 1]]",
            "target: expected exactly one of knots, points, expression and csv, got knots and points",
        ),
        ("knots = [[0, 1]]", "target: knots: expected at least 2 knots, got 1"),
        ("knots = [[0, 1], [1, 1], [1, 2]]", "target: knots: item 3: expected x above 1, got 1"),
        ("knots = [[0, 1], [1, 1]]\ndomain = [0, 2]", "target: domain: expected a part of the knots' [0, 1]"),
        ("points = []", "target: points: expected at least one point"),
        ("points = [[0, 1]]\nsamples = 5", "target: samples: not for points and csv"),
        ("points = [[0, 1], [3, 1]]\ndomain = [0, 2]", "target: domain: expected to hold every point"),
        ("points = [[0, 1e16]]", "target: points: expected finite numbers up to 1e+15, got y = 1e+16 at x = 0"),
        ('expression = "x"', "target: domain: missing; an expression needs it"),
        ('expression = "y"\ndomain = [0, 1]', 'target: expression: unknown name "y"'),
        (
            'expression = "1/x"\ndomain = [0, 1]',
            "target: expression: expected finite numbers up to 1e+15, got y = inf at x = 0",
        ),
        ('expression = "x"\ndomain = [1, 1]', "target: domain: expected [low, high] with low below high, got [1, 1]"),
        (
            'expression = "x"\ndomain = [1, 1.0000000000001]',
            "target: domain: [1.0, 1.0000000000001] is too narrow: 1e-13 wide, expected at least 5e-10 there",
        ),
        (
            'expression = "x"\ndomain = [-1e6, -999999.9999]',
            "target: domain: [-1000000.0, -999999.9999] is too narrow: 0.0001 wide, expected at least 0.0005 there",
        ),
        (
            'expression = "x"\ndomain = [0, 1e-10]',
            "target: domain: [0.0, 1e-10] is too narrow: 1e-10 wide, expected at least 5e-10 there",
        ),
        (
            "knots = [[1, 0], [1.0000000000001, 1]]",
            "target: knots: their x: [1.0, 1.0000000000001] is too narrow: 1e-13 wide, expected at least 5e-10 there",
        ),
        (
            "points = [[1700000000, 0], [1700000000.5, 1], [1700000000.5, 2]]",
            "target: points: their x: [1700000000.0, 1700000000.5] is too narrow: 0.5 wide, expected at least 0.85 there; "
            "take x less 1700000000.0",
        ),
        ("knots = [[1.0000000001, 0], [1, 1]]", "target: knots: item 2: expected x above 1.0000000001, got 1"),
        (
            'expression = "x"\ndomain = [0, 1e16]',
            "target: domain: expected [low, high] within 1e+15 either way, got [0, 1e+16]",
        ),
        (
            'expression = "x"\ndomain = [0,5, 1,5]',
            "target: domain: expected [low, high] with low below high, got [0, 5, 1, ...]",
        ),
        ("points = [[0,5, 1,25]]", "target: points: item 1: expected [x, y], got an array of 4"),
        ('points = [["1", 2]]', 'target: points: item 1: expected a finite number, got "1"'),
        ('expression = "x"\ndomain = [0]', "target: domain: expected [low, high] with low below high, got [0]"),
        ('csv = "../a.csv"', 'target: csv: "../a.csv": expected a bare file name beside the scenario'),
        ('csv = "a.csv"', 'target: csv: "a.csv": no such file or directory'),
        ("csv = 3", "target: csv: expected a file name, got 3"),
        ('points = [[0, 1]]\nx = "year"', "target: x: only for csv"),
        ('csv = "a.csv"\nx = 0', "target: x: expected the name of a column, or its number from 1, got 0"),
        (
            'csv = "a.csv"\nmissing = "keep"',
            'target: missing: expected "drop", or the number that stands for a missing one, got "keep"',
        ),
    ],
)
def test_a_wrong_target(target: str, problem: str, tmp_path: Path) -> None:
    assert problems(f'title = "T"\n[init]\nunits = 1\n[target]\n{target}', tmp_path) == [problem]


@pytest.mark.parametrize("low", [0.0, 1.0, -1.0, 3e-5, 1e6, -123456.789, 9.9e14])
def test_no_samples_of_the_narrowest_domain_coincide(low: float) -> None:
    high = low + 5.01e-10 * max(1.0, abs(low))
    text = f'title = "T"\n[init]\nunits = 1\n[target]\nexpression = "x"\nsamples = 100000\ndomain = [{low!r}, {high!r}]'
    assert (np.diff(parse(text, "narrow", None).dataset.x) > 0).all()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('title = "T"\ntitle = "U"\n', "line 2, column 12: cannot overwrite a value"),
        ("title = \n", "line 1, column 9: invalid value"),
        ("a = [1,", "end of document: invalid value"),
        (b"a = '\xff'", "not UTF-8 at byte 5"),
        ("#" * 64_001, "expected at most 64 kB"),
        ("a = " + "9" * 5000, "a value is too large to be read"),
        ("a = " + "[" * 17 + "]" * 17, "brackets are nested more than 16 deep"),
        ("a = " + "{a = " * 1000, "brackets are nested more than 16 deep"),
        (".".join("a" * 17) + " = 1", "a key has more than 16 parts"),
        (' . "b" . '.join(["'a'"] * 17) + " = 1", "a key has more than 16 parts"),
        ('a = ["""b"""",' + "[" * 2000, "brackets are nested more than 16 deep"),
    ],
)
def test_what_is_no_toml_is_one_problem(text: str | bytes, problem: str) -> None:
    assert problems(text) == [problem]


def test_nesting_inside_strings_and_comments_is_text() -> None:
    lesson = "[" * 30 + " a.b" * 30 + ".c" * 30
    text = f"lesson = '''{lesson}''' # {lesson}\nsummary = \"{lesson[:30]}\"\n{SMALL}"
    assert parse(text, "t", None).lesson == lesson


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"k{n} = 0" for n in range(7000)),
        "\n".join(".".join("abcdefghijklmnop") + f"{n} = 0" for n in range(1700)),
        "\n".join(f"[{'.'.join('abcdefghijklmno')}.p{n}]" for n in range(1800)),
        "[[unit]]\n" * 7000,
        "a" * 64_000,
        "a " * 32_000,
        "a." * 32_000,
        '"' * 64_000,
        "'" * 64_000,
        "a = [" + "1," * 31_000 + "]",
        "[" * 64_000,
        'a = ["' + "\\" * 60_000,
        "[target]\npoints = [" + "[0, 0]," * 9000 + "]",
        "[target]\npoints = [" + "0," * 30_000 + "]",
    ],
)
def test_no_file_takes_long_to_refuse(text: str) -> None:
    began = time.process_time()
    assert 1 <= len(problems(text)) <= 50
    assert time.process_time() - began < 3.0


def test_only_units_or_init_units_and_a_free_output_bias_of_zero() -> None:
    text = 'title = "T"\n[target]\npoints = [[0, 1]]\n'
    assert problems(text) == ["expected either [[unit]] or [init] units, got neither"]
    assert problems(f"{text}[network]\noutput_bias = 1\n[init]\nunits = 1") == [
        "network: output_bias: expected 0 or a locked one, as [init] draws the start of a free one"
    ]
    many = text + "[[unit]]\nw = 0\nb = 0\nv = 0\n" * (MAX_UNITS + 1)
    assert problems(many) == [f"unit: expected at most {MAX_UNITS}, got {MAX_UNITS + 1}"]


def test_text_cannot_steer_the_terminal() -> None:
    hostile = r"a\u001b]52;c;aGk=\u0007\u009b31m\u202eb\u200b\u2028 \u0000\r\n\tc"
    quoted = f'title = "{hostile}"\nsummary = "{hostile}"\nlesson = "{hostile}"\n'
    tail = f'{SMALL.split(chr(10), 1)[1]}[exercise]\nhints = ["{hostile}"]\n'
    s = parse(quoted + tail, "na\x1bme", None)
    assert s.name == "name"
    assert s.title == s.summary == "a]52;c;aGk=31mb c"
    assert s.lesson == "a]52;c;aGk=31mb \n    c"
    assert s.exercise is not None
    assert s.exercise.hints == (s.title,)
    for problem in problems(f'"{hostile}" = 1\ntitle = 1979-05-27\n[network]\nactivation = "{hostile}"\n{SMALL[12:]}'):
        assert problem.isprintable()


def test_huge_integers_are_told_short() -> None:
    huge = "0x" + "f" * 10_000
    assert problems(f"{SMALL}seed = {huge}\nscale = {huge}") == [
        "init: scale: expected a finite number from 0 to 1000, got a huge integer",
        f"init: seed: expected a whole number from 0 to {2**63 - 1}, got a huge integer",
    ]


def test_parameters_beyond_float32_could_not_be_trained() -> None:
    largest = 'title = "T"\n[target]\npoints = [[0, 1]]\n[network]\noutput_bias = {}\n[[unit]]\nw = 0\nb = 0\nv = {}\n'
    assert parse(largest.format(3.5e38, -3.5e38), "any", None).start.finite
    expected = "expected a finite number of at most 1e+39 either way, got"
    assert problems(largest.format(1e40, -1e40)) == [
        f"network: output_bias: {expected} 1e+40",
        f"unit 0: v: {expected} -1e+40",
    ]


def test_of_a_long_array_only_the_first_problems_are_looked_for() -> None:
    found = problems(SMALL.replace("[[0, 1], [2, 3]]", f"[{'0, ' * 1000}]"))
    assert found == [f"target: points: item {item}: expected [x, y], got 0" for item in range(1, 51)]


def test_a_lesson_has_at_most_1000_lines() -> None:
    line = "a\n"
    assert parse(f"lesson = '''{line * 1000}'''\n{SMALL}", "t", None).lesson.count("\n") == 999
    long = f"lesson = '''{line * 1001}'''\n{SMALL}"
    assert problems(long) == ["lesson: expected at most 1000 lines, got 1001"]


def test_of_a_flood_of_combining_marks_some_stay() -> None:
    assert parse(SMALL.replace("T", "e\u0301\u200b" * 2 + "a" + "\u0302\u200b" * 50), "t", None).title == (
        "e\u0301" * 2 + "a" + "\u0302" * 8
    )


def test_texts_have_a_length() -> None:
    assert problems(SMALL.replace("T", "")) == ["title: expected 1 to 100 characters, got 0"]
    assert problems(SMALL.replace("T", "\u200b")) == ["title: expected 1 to 100 characters, got 0"]
    assert problems(SMALL.replace("T", "T" * 101)) == ["title: expected 1 to 100 characters, got 101"]
