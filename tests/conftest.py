import gc
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.css.stylesheet import Stylesheet

from relutui.engine.engine import Engine
from tests.support.blocking import Blocking
from tests.support.examples import FEW, SOAK
from tests.support.idle import at_rest
from tests.support.stylesheets import parse_once
from tests.support.waiting import states, tasks
from tests.truth.summary import PROPERTY, lines


class ScreenExtension(SingleFileSnapshotExtension):
    """A screen is a text file, so that `git diff` shows it."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def screen_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(ScreenExtension)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the number of examples before the tests are read, and hear signals even if whoever started the tests ignores them.

    A shell ignores ctrl-C for what it runs in the background, and nohup a lost terminal; the programs under test inherit that.
    """
    gc.set_threshold(100_000)  # looking for garbage takes a quarter of the time in which the tests are read, and finds little
    settings.load_profile(SOAK if config.getoption("--soak") else FEW)
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", help="what the engine's tests train on, in tinygrad's DEV notation: CPU:X86, CL, ...")
    parser.addoption("--frameworks", action="store_true", help="run tests/frameworks too, which need PyTorch and others")
    parser.addoption("--soak", action="store_true", help="keep every promise as often as the manual says: half an hour")


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer(item: pytest.Item) -> Generator[None, Any, Any]:
    """Before a test fails for taking too long, say how things stand, what every task waits for among them."""
    done = yield
    fail = signal.getsignal(signal.SIGALRM)

    def tell_and_fail(number: int, frame: FrameType | None) -> None:
        print(*(tell() for tell in states), tasks(), sep="\n", file=sys.stderr)
        assert callable(fail)
        fail(number, frame)

    signal.signal(signal.SIGALRM, tell_and_fail)
    return done


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """End a long run with the table of the families of sentences that were checked."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    tables = [table for report in reports for name, table in getattr(report, "user_properties", ()) if name == PROPERTY]
    if config.getoption("--soak"):
        for line in lines(tables):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test leaves anything in the home of whoever runs it, or goes by what is set there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    """No key takes 40 ms because Textual looks at the clock; no style sheet is parsed again, and no list scrolls by and by."""
    with pytest.MonkeyPatch.context() as patch:
        for module in "app", "pilot":
            patch.setattr(f"textual.{module}.wait_for_idle", at_rest)
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        patch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
        yield


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """No test turns the power off, and a sweep of milliseconds waits for the disk at each chunk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what relutui keeps for itself; it is not there yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "relutui"


@pytest.fixture(scope="session")
def times(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How often: `times(few, many)` is few, and many with --soak."""
    soak: bool = request.config.getoption("--soak")
    return lambda few, many: many if soak else few


@pytest.fixture(scope="session", autouse=True)
def little_garbage_collection() -> Iterator[None]:
    """Modules and collected tests are no garbage: looking through them again and again takes a seventh of the time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> str | None:
    """The device given by --device; None is the best CPU."""
    name: str | None = request.config.getoption("--device")
    return name


@pytest.fixture(scope="session")
def engine(device: str | None) -> Iterator[Blocking]:
    """One engine for all tests of a process: its kernels take a second each to compile."""
    yield from _opened(Engine(device))


@pytest.fixture(scope="session")
def piece_engine(device: str | None) -> Iterator[Blocking]:
    """One that trains by pieces where a GPU would rather visit every point."""
    for engine in _opened(Engine(device, "pieces")):
        from relutui.engine.kernel_choice import supports_pieces

        if not supports_pieces():
            pytest.skip("this device trains by points only")
        yield engine


@pytest.fixture(scope="session")
def point_engine(device: str | None) -> Iterator[Blocking]:
    """One that visits every point, where the other trains by pieces."""
    yield from _opened(Engine(device, "points"))


def _opened(engine: Engine) -> Iterator[Blocking]:
    blocking = Blocking(engine)
    blocking.open()
    yield blocking
    blocking.close()
