"""Any bytes as a scenario or its CSV file lead soon, and in little memory, to a scenario or to errors."""

import re
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relutui.scenario.library import load
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.share_string import read_share_string
from tests.scenario.test_share_string import coded
from tests.support.hostile_files import SIZE, all_files

pytestmark = pytest.mark.slow

SECONDS, MEGABYTES = 0.5, 50.0  # of the processor; at the peak


def read(file: Path) -> tuple[str, ...]:
    """What is wrong with the scenario in a file."""
    try:
        load(file)
    except ScenarioError as error:
        return error.problems
    return ()


def soon(reading: Callable[[], object]) -> bool:
    """Whether reading takes no more of the processor than is promised: once in three times, as others use the machine too."""

    def seconds() -> float:
        began = time.process_time()
        reading()
        return time.process_time() - began

    return any(seconds() < SECONDS for _ in range(3))


def megabytes(file: Path) -> float:
    """What reading takes of the memory at its peak."""
    tracemalloc.start()
    try:
        read(file)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("toml", "csv"), [pytest.param(toml, csv, id=name) for name, toml, csv in all_files()])
def test_the_worst_files(toml: bytes, csv: bytes, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(csv)
    file = tmp_path / "bad.toml"
    file.write_bytes(toml)
    problems = read(file)
    assert len(problems) <= 50
    assert all(re.fullmatch("bad.toml: .{3,300}", problem) and problem.isprintable() for problem in problems)
    assert soon(partial(read, file))
    assert megabytes(file) < MEGABYTES


@pytest.mark.parametrize("csv", [pytest.param(csv, id=name) for name, _, csv in all_files() if csv])
def test_the_worst_csv_files_opened_by_themselves(csv: bytes, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(csv)
    problems = read(file)
    assert len(problems) <= 1
    assert all(re.fullmatch("data.csv: .{3,280}", problem) and problem.isprintable() for problem in problems)
    assert soon(partial(read, file))
    assert megabytes(file) < MEGABYTES


def test_a_share_string_of_as_many_zeros_as_it_may_stand_for() -> None:
    assert soon(partial(pytest.raises, ScenarioError, read_share_string, coded(b"0" * 60_000_000)))


# What TOML is made of, in parts that fit together now and then.
PARTS = [
    b"[", b"]", b"[[", b"]]", b"{", b"}", b"=", b",", b".", b"\n", b'"', b"'", b'"""', b"'''", b"#", b"\\", b"\\u0000",
    b"\\ud800", b"a", b"b", b"target", b"unit", b"points", b"0", b"1", b"-", b"_", b"1e999", b"nan", b"inf", b"0xff", b"true",
    b"1979-05-27", b"T07:32:00", b"Z", b"+99:99", b" ", b"\t", b"\r", b"\0", b"\x7f", b"\xff", b"\xc3\xa9",
    b"\xf0\x9f\x98\x80", b"\xef\xbb\xbf", b"[unit]\n", b"[[unit]]\n", b"[target]\n", b"a=0\n", b"a.b", b"[0,0],",
    b"title='T'\n", b"[init]\nunits=1\n", b"points=[",
]  # fmt: skip


def _grown(runs: list[tuple[list[bytes], int]]) -> bytes:
    return b"".join(b"".join(parts) * often for parts, often in runs)[:SIZE]


RUN = st.tuples(st.lists(st.sampled_from(PARTS), max_size=6), st.sampled_from([1, 1, 1, 2, 17, 300, 60_000]))
FILES = st.binary(max_size=2000) | st.lists(RUN, max_size=6).map(_grown)


def test_any_bytes(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    file = tmp_path / "any.toml"

    @settings(max_examples=times(150, 100_000), suppress_health_check=list(HealthCheck))
    @given(FILES)
    def any_bytes(content: bytes) -> None:
        file.write_bytes(content)
        assert all(problem.startswith("any.toml: ") and problem.isprintable() for problem in read(file))
        assert soon(partial(read, file))

    any_bytes()
