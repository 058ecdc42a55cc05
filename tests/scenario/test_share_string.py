"""Share strings: what goes in comes out, and whatever is wrong is one line within the limits of a file."""

import lzma
import tracemalloc
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.safe_text import sanitize_line
from relutui.scenario.library import load, load_named, shipped
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.share_string import MAX_CHARACTERS, is_share_string, read_share_string, share_string
from relutui.scenario.target import Target

SMALLEST = 'title = "A bump"\n[target]\npoints = [[0, 0], [0.5, 1], [1, 0]]\n[init]\nunits = 2\n'


def coded(content: bytes) -> str:
    return "relutui:" + urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


def problem(text: str) -> str:
    with pytest.raises(ScenarioError) as raised:
        read_share_string(text)
    (line,) = raised.value.problems
    assert "\n" not in line
    return line


@pytest.mark.parametrize("name", shipped())
def test_every_scenario_comes_out_as_it_went_in(name: str) -> None:
    scenario = load(shipped()[name])
    read = read_share_string(share_string(scenario))
    assert replace(read, name=name, file=None) == replace(scenario, file=None)


def test_it_is_made_as_the_manual_says() -> None:
    scenario = read_share_string(coded(SMALLEST.encode()))
    assert (scenario.name, scenario.title, scenario.start.units) == ("shared-a-bump", "A bump", 2)
    assert scenario.source is None


def test_it_may_be_wrapped_by_what_it_was_pasted_through() -> None:
    text = share_string(load(shipped()["lab"]))
    wrapped = "  " + "\r\n".join(text[start : start + 60] for start in range(0, len(text), 60)) + "\n"
    assert load_named(wrapped) == load_named(text)


def test_the_points_of_a_csv_file_are_in_it(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x,y\n0,1\n2,5\n")
    (tmp_path / "d.toml").write_text('title = "D"\n[target]\ncsv = "d.csv"\n[init]\nunits = 1\n')
    text = share_string(load(tmp_path / "d.toml"))
    (tmp_path / "d.csv").unlink()
    assert read_share_string(text).target.points == ((0.0, 1.0), (2.0, 5.0))


def test_more_points_than_a_file_may_hold_are_refused() -> None:
    scenario = load(shipped()["measured"])
    points = tuple((float(n), float(n)) for n in range(10_000))
    with pytest.raises(
        ScenarioError, match=r"^measured: more than the 64 kB that a share string may hold: 3 units, 10000 points; "
    ):
        share_string(
            replace(scenario, target=Target((0.0, 9999.0), points=points), dataset=Target((0, 9999), points=points).dataset())
        )


@pytest.mark.parametrize("content", ["a" * 63_000, "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(20_000))])
def test_a_string_has_room_for_whatever_a_file_has_room_for(content: str) -> None:
    assert len(coded(content.encode())) < MAX_CHARACTERS


@pytest.mark.parametrize("kept", [0, 1, 2, 50, -3, -1])
def test_one_that_is_cut_is_said(kept: int) -> None:
    text = share_string(load(shipped()["lab"])).removeprefix("relutui:")
    said = {0: "share string: expected more behind relutui:"}.get(kept, "share string: its end is missing; copy all of it")
    assert problem("relutui:" + text[:kept]) == said


@pytest.mark.parametrize("place", [8, 9, 30, 400, -1])
def test_one_that_is_damaged_is_said(place: int) -> None:
    text = list(share_string(load(shipped()["lab"])))
    text[place] = "A" if text[place] != "A" else "_"
    assert problem("".join(text)) in (
        "share string: damaged; copy it again, all of it",
        "share string: its end is missing; copy all of it",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (coded(SMALLEST.encode()) + "AAAA", "something follows its end; copy it again, and nothing else"),
        ("relutui:abc/", 'character 12: expected a letter, a digit, - or _, got "/"'),
        ("relutui:\x1b[31m", 'character 9: expected a letter, a digit, - or _, got ""'),
        ("relutui:" + "A" * 200_000, "expected at most 90000 characters, got 200000"),
        (coded(b"0" * 50_000_000), "expected a scenario of at most 64 kB"),
        (coded(b"a = [["), "end of document: invalid value"),
        (coded(b""), "title: missing"),
        ("relutui:" + urlsafe_b64encode(lzma.compress(b"a")).decode().rstrip("="), "damaged; copy it again, all of it"),
        (
            coded(SMALLEST.replace("points = [[0, 0], [0.5, 1], [1, 0]]", 'csv = "/etc/passwd"').encode()),
            "target: csv: a scenario that is not in a folder has no CSV file",
        ),
    ],
    ids=str,
)
def test_whatever_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_share_string(text)
    assert f"share string: {said}" in raised.value.problems


def test_one_that_blows_up_is_not_unpacked() -> None:
    bomb = coded(b"0" * 60_000_000)  # as many zeros as the longest string may stand for
    assert len(bomb) < MAX_CHARACTERS
    tracemalloc.start()
    assert problem(bomb) == "share string: expected a scenario of at most 64 kB"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6


@given(
    st.text(max_size=80)
    | st.binary(max_size=80).map(lambda raw: urlsafe_b64encode(raw).decode())
    | st.binary(max_size=80).map(lambda raw: coded(raw)[8:])
)
def test_any_text_behind_the_colon_is_a_scenario_or_errors(text: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_share_string(f"relutui:{text}")
    assert all(line.startswith("share string: ") and line == sanitize_line(line) for line in raised.value.problems)


@pytest.mark.parametrize(
    ("text", "is_one"), [("relutui:x", True), (" relutui:x", True), ("./relutui:x", False), ("lab", False)]
)
def test_a_path_is_none(text: str, is_one: bool) -> None:
    assert is_share_string(text) == is_one
