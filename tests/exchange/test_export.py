"""What is written for other programs is what the network computes, by the math module."""

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.exchange.export import content_of
from relutui.exchange.exported import exported
from relutui.exchange.kinds import FRAMEWORKS, WRITTEN
from relutui.exchange.points_csv import MAX_NUMBERS, points_csv
from relutui.exchange.problem import ExchangeError
from relutui.exchange.script import script_of
from relutui.model.dataset import Dataset
from relutui.model.network import Parameters
from tests.exchange.networks import PAIRS, UNITS, C, X, prediction, scenario_of, written
from tests.support.waiting import LIMIT


def test_the_script_prints_the_predictions_by_itself(tmp_path: Path) -> None:
    """It is run in a folder of its own, where nothing of relutui can be imported."""
    file = tmp_path / "net.py"
    for activation, output in PAIRS[:2]:
        file.write_text(script_of(exported(scenario_of(activation, output)), "numpy"))
        printed = subprocess.run(
            [sys.executable, "-I", file, *map(str, X)], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=LIMIT
        ).stdout.splitlines()
        rows = [[float(cell) for cell in line.split(",")] for line in printed]
        assert [x for x, _ in rows] == list(X)
        assert [y for _, y in rows] == pytest.approx([prediction(activation, output, x) for x in X], rel=1e-12)


@pytest.mark.parametrize(("activation", "output"), PAIRS)
def test_the_script_computes_every_activation(activation: str, output: str) -> None:
    names: dict[str, object] = {"__name__": "taken"}
    exec(compile(script_of(exported(scenario_of(activation, output)), "numpy"), "net.py", "exec"), names)
    predict = names["predict"]
    assert callable(predict)
    assert predict(np.array(X)) == pytest.approx([prediction(activation, output, x) for x in X], rel=1e-12, abs=1e-300)
    assert predict(2.5).shape == ()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_title_gets_out_of_its_comment(framework: str) -> None:
    odd = replace(scenario_of("step", "identity"), title='"""\nraise SystemExit\u2028raise SystemExit\r$w {w} \\')
    text = script_of(exported(odd), framework)  # type: ignore[arg-type]
    compile(text, "net.py", "exec")
    assert text.splitlines()[0] == '# """ raise SystemExit raise SystemExit $w {w} \\'
    assert text.splitlines()[1].startswith("# A network of 5 units from relutui")


def test_the_arrays_are_read_without_pickles() -> None:
    content = content_of(scenario_of("leaky_relu", "tanh"), ".npz")
    assert isinstance(content, bytes)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    assert (str(kept["activation"]), str(kept["output_activation"]), float(kept["c"])) == ("leaky_relu", "tanh", C)
    assert list(zip(kept["w"], kept["b"], kept["v"])) == list(UNITS)
    assert kept["x"].tolist() == list(X)
    assert kept["prediction"] == pytest.approx([prediction("leaky_relu", "tanh", x) for x in X], rel=1e-12)


def test_the_table_has_what_each_unit_does() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(points_csv(exported(scenario_of("relu", "identity")))))))
    assert [float(row["x"]) for row in rows] == list(X)
    row = rows[X.index(2.5)]  # z = -2 x 2.5 + 2 = -3 and 1.5 x 2.5 - 1.25 = 2.5
    assert row | {"x": "2.5", "target": "1.25", "z_0": "-3.0", "a_0": "0.0", "va_0": "0.0"} == row
    assert row | {"z_1": "2.5", "a_1": "2.5", "va_1": "-1.875"} == row
    assert float(row["prediction"]) == pytest.approx(prediction("relu", "identity", 2.5))
    assert len(row) == 3 + 3 * len(UNITS)


def test_a_table_that_would_fill_the_disk_is_refused() -> None:
    taken = exported(scenario_of("relu", "identity"))
    many, x = np.ones(256), np.linspace(0.0, 1.0, 100_000)
    large = taken._replace(parameters=Parameters(many, many, many, 0.0), dataset=Dataset(x, x))
    with pytest.raises(ExchangeError, match="256 units at 100,000 points are 77,100,000 numbers; a CSV file has at most 2,0"):
        points_csv(large)
    fitting = taken._replace(dataset=Dataset(x, x))
    assert len(x) * 18 <= MAX_NUMBERS
    assert sum(block.count("\n") for block in points_csv(fitting)) == 100_001


def test_numbers_that_are_none_are_not_written() -> None:
    nothing = np.array([np.nan])
    with pytest.raises(ExchangeError, match="a parameter is no finite number"):
        content_of(replace(scenario_of("relu", "identity"), start=Parameters(nothing, nothing, nothing, 0.0)), ".npz")


def test_export_writes_each_kind_and_nothing_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(written("relu", "identity", tmp_path))
    for ending in (".py", ".npz", ".csv", ".svg"):
        file = tmp_path / f"out{ending}"
        assert main(["export", source, str(file)]) == 0
        assert capsys.readouterr() == (f"{file}: {WRITTEN[ending]}\n", "")
        before = file.read_bytes()
        assert main(["export", source, str(file)]) == 1
        assert capsys.readouterr() == ("", f"{file}: File exists\n")
        assert file.read_bytes() == before


def test_export_names_the_endings_it_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "lab", "lab.pt"]) == 2
    assert capsys.readouterr().err == f"relutui: lab.pt: expected a name that ends in {', '.join(WRITTEN)}\n"
    assert main(["export", "lab", str(tmp_path / "lab.npz"), "--framework", "jax"]) == 2
    assert capsys.readouterr().err.startswith("relutui: --framework jax is for a script, FILE.py; got ")
    assert main(["export", "lab", str(tmp_path / "lab.py"), "--framework", "torch"]) == 0
    assert "nn.Sequential" in (tmp_path / "lab.py").read_text()
    assert main(["export", "nowhere", str(tmp_path / "x.py")]) == 1


def test_the_screen_is_written_as_text(tmp_path: Path) -> None:
    file = tmp_path / "screen.txt"
    assert main(["export", "lab", str(file)]) == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 36
    assert lines[0].startswith(" lab  ")


def test_the_chart_has_the_kinks_and_each_unit(tmp_path: Path) -> None:
    """Of the five units two have kinks among the data, at 1 and 5/6; that of unit 3 is at 20/3."""
    file = tmp_path / "chart.svg"
    assert main(["export", str(written("relu", "identity", tmp_path)), str(file)]) == 0
    root = ET.parse(file).getroot()
    tag = "{http://www.w3.org/2000/svg}"
    diamonds = [shape.get("points", "").split()[0].split(",") for shape in root.iter(f"{tag}polygon")]
    across = [(float(x) - 80) / 620 * 63 - 3 for x, _ in diamonds]  # of 720 pixels 80 and 20 are margins
    assert sorted(across) == pytest.approx([5 / 6, 1.0, 20 / 3], abs=0.02)
    texts = [text.text for text in root.iter(f"{tag}text")]
    assert {"Out", "what each unit adds: v a", *map(str, range(5))} <= set(texts)
    assert not any(text.get("textLength") for text in root.iter(f"{tag}text"))
