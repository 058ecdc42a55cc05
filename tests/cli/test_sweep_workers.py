"""`relutui sweep --workers N`: the same bytes for any number of threads, and for any size of chunks and slices."""

import json
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.model.trainer import Device, TrainerUnavailable
from relutui.study import sweep as sweeping
from tests.support.fake_trainer import FakeTrainer


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of workers of the engines that are made; there are four cores."""
    found: list[int] = []

    class Engine(FakeTrainer):
        def __init__(self, device: str | None, workers: int) -> None:
            super().__init__()
            found.append(workers)

        async def open(self) -> Device:
            raise TrainerUnavailable("that was all")

    for name in ("relutui.cli.sweep.Engine", "relutui.engine.engine.Engine"):
        monkeypatch.setattr(name, Engine)
    for name in ("relutui.cli.sweep.available_cores", "relutui.lib.cores.available_cores"):
        monkeypatch.setattr(name, lambda: 4)
    return found


@pytest.mark.parametrize(("options", "workers"), [([], 4), (["--workers", "1"], 1), (["--workers", "7"], 7)])
def test_all_cores_unless_it_is_said(asked: list[int], options: list[str], workers: int) -> None:
    assert main(["sweep", "lab", "--seeds", "2", "--steps", "2", *options]) == 1
    assert asked == [workers]


@pytest.mark.parametrize(("cores", "workers"), [(4, 3), (1, 1)])
def test_the_app_leaves_one_core_to_the_screen(
    asked: list[int], cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class App:
        def __init__(self, *of: object, ask: bool) -> None:
            raise TrainerUnavailable("that was all")

    monkeypatch.setattr("relutui.lib.cores.available_cores", lambda: cores)
    monkeypatch.setattr("relutui.cli.app_commands.missing_terminal", lambda term: "")
    monkeypatch.setattr("relutui.ui.app.RelutuiApp", App)
    assert main(["lab"]) == 1
    assert asked == [workers]


@pytest.mark.parametrize("workers", ["0", "-1", "two", "1.5", ""])
def test_any_other_number_is_wrong_usage(workers: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["sweep", "lab", "--seeds", "2", "--steps", "2", "--workers", workers])
    assert error.value.code == 2
    assert "argument --workers: expected " in capsys.readouterr().err


@pytest.mark.parametrize("activation", ["relu", "softplus"])
def test_the_same_bytes(
    activation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By pieces and by points; 60 starts at once by one thread, and so many in chunks, by two and by three."""
    scenario = tmp_path / "sine.toml"
    network = f'[network]\nactivation = "{activation}"\n[init]\nunits = 3\n'
    scenario.write_text('title = "sine"\n[target]\nexpression = "sin(2*x)"\ndomain = [-2, 2]\n' + network)
    command = ["sweep", str(scenario), "--seeds", "60", "--units", "2..3", "--steps", "40", "--below", "0.3", "--json"]
    found: list[tuple[bytes, object]] = []
    for workers, chunk, work, seconds in ((1, 60, 10**9, 1e9), (2, 60, 1, 1e9), (3, 23, 1, 0.0), (2, 7, 10**9, 0.0)):
        for name in ("FIRST_CHUNK", "MAX_CHUNK"):
            monkeypatch.setattr(sweeping, name, chunk)
        for name in ("SWEEP_SLICE_S", "SHORT_CHUNK_S"):  # slices and chunks grow, or never do, however fast the machine is
            monkeypatch.setattr(sweeping, name, seconds)
        monkeypatch.setattr(sweeping, "FIRST_SLICE_WORK", work)
        file = tmp_path / f"{len(found)}.csv"
        assert main([*command, "--workers", str(workers), "--csv", str(file)]) == 0
        found.append((file.read_bytes(), json.loads(capsys.readouterr().out) | {"seconds": 0}))
        from relutui.engine import compiled_batch  # once an engine has imported tinygrad

        for name in ("_LEAST_WORK", "_LEAST_WORK_EACH"):
            monkeypatch.setattr(compiled_batch, name, 1)
    assert found.count(found[0]) == len(found)
    assert found[0][0].count(b"\n") == 121
