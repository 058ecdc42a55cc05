"""Sweeps on two workers of a cluster of Dask's own making: the same bytes as without one, whatever happens to the workers."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import dask
import pytest
from distributed import LocalCluster

from relutui import __version__
from relutui.cli.main import main
from relutui.cluster import client
from relutui.model.trainer import TrainerUnavailable
from tests.cluster.processes import wait_until

pytestmark = pytest.mark.slow

SWEEP = ["sweep", "lab-free", "--seeds", "151", "--units", "1..3", "--vary", "scale=0.5,1", "--steps", "200", "--parameters"]
NETWORKS = 3 * 2 * 151

Sweep = Callable[..., bytes]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    two = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "host": "127.0.0.1"}
    any_port = "127.0.0.1:0"  # without a dashboard Dask listens on 8787 all the same
    with dask.config.set({"relutui.device": "CPU:X86"}), LocalCluster(**two, dashboard_address=any_port) as made:
        yield made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """The file and the JSON of the sweep on this machine alone."""
    file = tmp_path_factory.mktemp("alone") / "starts.csv"
    with redirect_stdout(StringIO()) as said:
        assert main([*SWEEP, "--device", "CPU:X86", "--csv", str(file), "--json"]) == 0
    return file.read_bytes(), said.getvalue()


@pytest.fixture
def here(alone: tuple[bytes, str]) -> bytes:
    """The file of the sweep on this machine alone."""
    return alone[0]


def on_cluster(cluster: LocalCluster, file: Path, *more: str) -> int:
    return main([*SWEEP, "--csv", str(file), "--cluster", cluster.scheduler_address, *more])


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there are chunks enough when something happens."""
    chunks_of(20, monkeypatch)


def chunks_of(work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each chunk hold so many networks times units, however long it takes."""
    for name, value in (("FIRST_WORK", work), ("MAX_GROWTH", 1), ("CHUNK_S", 1e9)):
        monkeypatch.setattr(client, name, value)


@pytest.mark.parametrize("work", [20, 2000])
def test_the_same_bytes(
    cluster: LocalCluster,
    here: bytes,
    work: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chunks_of(work, monkeypatch)
    assert on_cluster(cluster, tmp_path / "starts.csv") == 0
    assert (tmp_path / "starts.csv").read_bytes() == here
    assert "s on CPU (x86 assembler)" in capsys.readouterr().out


def test_the_same_json_but_for_the_time(
    cluster: LocalCluster, alone: tuple[bytes, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_cluster(cluster, tmp_path / "starts.csv", "--json") == 0
    assert without_time(capsys.readouterr().out) == without_time(alone[1])


def without_time(said: str) -> tuple[str, str]:
    """What comes before and after the time in the JSON of a sweep."""
    before, _, after = said.partition('"seconds": ')
    return before, after.partition(",")[2]


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_that_is_killed_costs_nothing_but_time(
    cluster: LocalCluster, here: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "starts.csv.part"
    missing: list[int] = []

    def kill_one() -> None:
        wait_until(lambda: part.exists() and part.read_bytes().count(b"\n") > 2, "the first rows")
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        missing.append(NETWORKS + 2 - part.read_bytes().count(b"\n"))

    killer = threading.Thread(target=kill_one)
    killer.start()
    assert on_cluster(cluster, tmp_path / "starts.csv") == 0
    killer.join()
    assert missing[0] > 100
    assert (tmp_path / "starts.csv").read_bytes() == here
    assert capsys.readouterr().err == ""


def test_a_chunk_that_kills_its_workers_ends_the_sweep(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "train_chunk", die)
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    assert on_cluster(cluster, tmp_path / "starts.csv") == 1
    assert capsys.readouterr().err == "interrupted (1 workers died of the same chunk)\n"
    assert list(tmp_path.iterdir()) == []


def die(*asked: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_goes_wrong_on_a_worker_is_one_line(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for task, said in ((fail, "RuntimeError: it burns"), (refuse, "no such device")):
        monkeypatch.setattr(client, "train_chunk", task)
        assert on_cluster(cluster, tmp_path / "starts.csv") == 1
        assert capsys.readouterr().err == f"a worker failed: {said}\n"


def fail(*asked: object) -> None:
    raise RuntimeError("it burns\nand how")


def refuse(*asked: object) -> None:
    raise TrainerUnavailable("no such device")


def test_a_worker_of_another_version_is_refused_before_its_first_chunk(
    cluster: LocalCluster, here: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "__version__", "0.0.7")
    assert on_cluster(cluster, tmp_path / "starts.csv") == 1
    said = capsys.readouterr().err
    assert said.startswith("the worker at tcp://127.0.0.1:")
    assert said.endswith(
        f" has relutui {__version__} instead of relutui 0.0.7; --mixed allows it, and last digits may differ\n"
    )
    assert list(tmp_path.iterdir()) == []
    assert on_cluster(cluster, tmp_path / "starts.csv", "--mixed") == 0
    assert (tmp_path / "starts.csv").read_bytes() == here


@pytest.mark.usefixtures("small_chunks")
def test_ctrl_c_keeps_what_is_finished_and_leaves_the_cluster_in_order(
    cluster: LocalCluster, here: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "starts.csv.part"

    def interrupt() -> None:
        wait_until(lambda: part.exists() and part.read_bytes().count(b"\n") > 2, "the first rows")
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=interrupt)
    presser.start()
    assert on_cluster(cluster, tmp_path / "starts.csv") == 130
    presser.join()
    finished = part.read_bytes().count(b"\n") - 2
    said = f"interrupted: {finished:,} of {NETWORKS:,} networks were finished; --resume goes on from {part}\n"
    assert capsys.readouterr().err == said
    wait_until(lambda: not cluster.scheduler.tasks, "the scheduler to forget what nobody waits for")
    assert on_cluster(cluster, tmp_path / "starts.csv", "--resume") == 0
    assert (tmp_path / "starts.csv").read_bytes() == here


def test_several_hidden_layers_are_the_same_bytes(cluster: LocalCluster, tmp_path: Path) -> None:
    sweep = ["sweep", "lab-free", "--seeds", "9", "--units", "2x2,3", "--steps", "20"]
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    assert main([*sweep, "--device", "CPU:X86", "--csv", str(here)]) == 0
    assert main([*sweep, "--cluster", cluster.scheduler_address, "--csv", str(there)]) == 0
    assert here.read_bytes() == there.read_bytes()
    assert here.read_text().splitlines()[1].startswith("2x2,")
