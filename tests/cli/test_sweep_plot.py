"""`relutui sweep --plot`: success and loss against what was varied."""

import asyncio
import json
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.cli.sweep_plot import picture_of
from relutui.cli.sweep_report import Report
from relutui.plot.chart import Layer, Line, Marks
from relutui.scenario.library import find, load
from relutui.study.grid import Varied
from relutui.study.outcomes import code_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Cell, Result
from tests.support.fake_trainer import FakeTrainer

SWEEP = ["sweep", "lab-free", "--seeds", "4", "--steps", "9"]
NOTHING = "--plot: there is nothing to plot against: give --vary, or --units with several numbers"
FREE = load(find("lab-free"))


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTrainer:
    trainer = FakeTrainer()
    monkeypatch.setattr("relutui.cli.sweep.Engine", lambda device, workers: trainer)
    return trainer


def report(losses: Mapping[int, list[float]], *vary: Varied) -> Report:
    """Of a sweep whose cells, by their number, have these losses; below 0.1 they are solved."""
    sweep = Sweep(FREE, FREE.settings, (3,), range(4), 9, 0.1, vary)
    return Report(sweep, None, tuple(result(sweep.cells[at], each) for at, each in losses.items()), (None,), 1.0, "")


def result(cell: Cell, losses: list[float]) -> Result:
    codes = [code_of("solved" if loss < 0.1 else "stands still") for loss in losses]
    return Result(cell, np.array(losses), np.array(codes, np.uint8))


def marks(layers: Sequence[Layer], marker: str) -> list[tuple[float, float]]:
    found = [layer for layer in layers if isinstance(layer, Marks) and layer.marker == marker]
    return [(round(x, 9), round(y, 9)) for layer in found for x, y in zip(layer.x.tolist(), layer.y.tolist())]


def test_rates_over_more_than_a_decade_lie_on_a_logarithmic_axis() -> None:
    rates = Varied("learning_rate", (1.0, 0.01, 0.1))
    picture = picture_of(report({0: [1, 1, 1, 1], 1: [0.01, 1, 1, 1], 2: [1e-4, 0.01, 1, 10]}, rates))
    success, loss = picture.panels
    assert success.x_name == loss.x_name == "rate (log scale)"
    assert sorted(success.axes.x_ticks) == [(-2.0, "0.01"), (-1.0, "0.1"), (0.0, "1")]
    assert marks(success.layers, "●") == [(-2, 25), (-1, 50), (0, 0)]
    assert marks(loss.layers, "●") == [(-2, 0), (-1, -2), (0, 0)]  # the second of four: half do not exceed it
    _, bars = (layer for layer in success.layers if isinstance(layer, Line))
    error = 100 * (0.25 * 0.75 / 4) ** 0.5
    np.testing.assert_allclose(bars.y[:3], [25 - error, 25 + error, np.nan])
    dotted = [layer for layer in loss.layers if isinstance(layer, Line) and layer.dotted]
    assert [round(layer.y.tolist()[1], 9) for layer in dotted] == [-4, 1]  # what one of four and all four do not exceed
    assert loss.axes.log_y
    assert loss.axes.y == (-4, 1)


def test_within_a_decade_it_is_not() -> None:
    success, _ = picture_of(report({0: [1] * 4, 1: [1] * 4}, Varied("scale", (0.5, 5.0)))).panels
    assert (success.x_name, success.axes.x_ticks) == ("scale", ((0.5, "0.5"), (5.0, "5")))


def test_each_combination_of_the_others_is_a_line_with_a_letter() -> None:
    grid = Varied("optimizer", ("sgd", "adam")), Varied("units", (1, 2, 3)), Varied("scale", (1.0, 2.0))
    cells = {at: [0.01 if at == 9 else 1.0] * 4 for at in range(12)}  # at 9: adam, two units, scale 2
    picture = picture_of(report(cells, *grid))
    assert picture.legend == (
        "A  optimizer sgd, scale 1.0",
        "B  optimizer sgd, scale 2.0",
        "C  optimizer adam, scale 1.0",
        "D  optimizer adam, scale 2.0",
    )
    success, loss = picture.panels
    assert [round(y) for _, y in marks(success.layers, "D")] == [0, 100, 0]
    assert {round(y) for letter in "ABC" for _, y in marks(success.layers, letter)} == {0}
    firsts = [marks(success.layers, letter)[0][0] for letter in "ABCD"]
    assert firsts == sorted(firsts)
    assert sum(firsts) / 4 == pytest.approx(1)  # around the place of one unit
    assert not any(isinstance(layer, Line) and layer.dotted for layer in loss.layers)  # more than three lines: medians only


def test_names_lie_at_equal_distances() -> None:
    success, _ = picture_of(report({at: [1.0] * 4 for at in range(3)}, Varied("optimizer", ("adam", "sgd", "momentum")))).panels
    assert success.axes.x_ticks == ((0.0, "adam"), (1.0, "sgd"), (2.0, "momentum"))


def test_what_diverged_breaks_the_line_and_0_is_at_the_lower_edge() -> None:
    picture = picture_of(report({0: [0.0] * 4, 1: [np.inf] * 4, 2: [0.5] * 4}, Varied("scale", (1.0, 2.0, 3.0))))
    loss = picture.panels[1]
    assert loss.axes.y == (-1, 0)
    assert marks(loss.layers, "×") == [(2, 0)]
    assert marks(loss.layers, "●")[0] == (1, -1)
    assert picture.legend == ("×  the median diverged", "a loss of 0 is drawn at the lower edge")


@pytest.mark.parametrize("losses", [[0.0] * 4, [np.inf] * 4], ids=["0", "diverged"])
def test_losses_without_a_logarithm_can_be_drawn(losses: list[float]) -> None:
    low, high = picture_of(report({0: losses, 1: losses}, Varied("scale", (1.0, 2.0)))).panels[1].axes.y
    assert low < high


def test_of_an_interrupted_sweep_what_is_finished_is_drawn() -> None:
    success, _ = picture_of(report({0: [0.01] * 4}, Varied("scale", (1.0, 2.0)))).panels
    assert marks(success.layers, "●") == [(1, 100)]
    assert len(success.axes.x_ticks) == 2


def test_in_the_terminal_it_stands_below_the_tables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*SWEEP, "--units", "1..3", "--vary", "optimizer=sgd,adam", "--plot"]) == 0
    out = capsys.readouterr().out
    drawn = out.splitlines()[out.splitlines().index("solved, %, with its standard error") :]
    assert max(map(len, drawn)) <= 80
    assert "\x1b" not in out
    assert drawn.count("units".center(80).rstrip()) == 2
    assert out.endswith("\nA  optimizer sgd\nB  optimizer adam\n")
    (ticks,) = {line for line in drawn if line.split() == ["1", "2", "3"]}
    assert 5 < ticks.index("1") < 15
    assert 70 < ticks.index("3") < 80


def test_in_a_file_it_is_an_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rates.svg"
    assert main([*SWEEP, "--vary", "learning_rate=0.01,0.1", "--plot", str(file), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["units"]) == 2
    texts = [element.text for element in ET.parse(file).iter("{http://www.w3.org/2000/svg}text")]
    assert {"lab-free: 9 steps of adam; solved: MSE below 0.0001; 4 seeds each", "0.01", "0.1", "rate"} <= set(texts)
    assert main([*SWEEP, "--vary", "learning_rate=0.01,0.1", "--plot", str(file)]) == 1
    assert capsys.readouterr().err == f"{file}: File exists\n"


def test_an_interrupted_sweep_leaves_no_image(
    fake: FakeTrainer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    monkeypatch.setattr(FakeTrainer, "train_batch", interrupt)
    assert main([*SWEEP, "--units", "1,2", "--plot", str(tmp_path / "x.svg")]) == 130
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plot"], NOTHING),
        (["--plot", "--vary", "scale=1"], NOTHING),
        (["--units", "1,2", "--plot", "x.png"], "--plot x.png: expected a name that ends in .svg"),
        (["--units", "1,2", "--plot", "--json"], "--plot beside --json needs a file: --plot FILE.svg"),
        (["--units", "1..9", "--vary", f"scale={','.join(map(str, range(1, 28)))}", "--plot"],
         "--plot: expected at most 26 lines, got 27: vary less at once"),
    ],
)  # fmt: skip
def test_errors_are_one_line(arguments: list[str], words: str, fake: FakeTrainer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, *arguments]) == 2
    assert capsys.readouterr().err == f"relutui: {words}\n"
    assert not fake.batches
