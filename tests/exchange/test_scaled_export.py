"""A network of scaled data, taken out: its numbers are in the data's own units."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from relutui import load as load_model
from relutui.exchange.export import content_of
from relutui.exchange.exported import exported
from relutui.exchange.opening import open_named
from relutui.exchange.points_csv import points_csv
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError

HINGE = (
    'title = "T"\n[target]\nscale = "unit"\npoints = [[1950, 10], [1970, 10], [1990, 50]]\n{}'
    "[[unit]]\nw = 1.0\nb = -0.5\nv = 2.0\n"
)


def scenario(network: str = "") -> Scenario:
    return parse(HINGE.format(network), "t", None)


def test_arrays_and_scripts_are_of_the_same_curve_in_years() -> None:
    """2 relu(scaled x - 1/2) of a range of 40 over a width of 40: a slope of 2 from 1970 on, above 10."""
    content = content_of(scenario(), ".npz")
    assert isinstance(content, bytes)
    arrays = np.load(io.BytesIO(content))
    assert arrays["x"].tolist() == [1950, 1970, 1990]
    assert arrays["prediction"] == pytest.approx(np.array([10.0, 10.0, 50.0]))
    made: dict[str, object] = {"__name__": "made"}
    script = content_of(scenario(), ".py")
    assert isinstance(script, str)
    exec(script, made)
    predict = made["predict"]
    assert callable(predict)
    assert predict(np.array([1960.0, 1980.0])) == pytest.approx(np.array([10.0, 30.0]))


def test_y_is_scaled_after_an_output_activation() -> None:
    """relu cuts 2 relu(scaled x - 1/2) - 1/2 off below 0, which is 10: above 10 from scaled x = 3/4, 1980, on."""
    scaled = scenario('[network]\noutput_activation = "relu"\noutput_bias = -0.5\n')
    made: dict[str, object] = {"__name__": "made"}
    script = content_of(scaled, ".py")
    assert isinstance(script, str)
    assert "yhat(x) = 10.0 + 40.0 * g(c" in script
    exec(script, made)
    predict = made["predict"]
    assert callable(predict)
    assert predict(np.array([1960.0, 1980.0, 1990.0])) == pytest.approx(np.array([10.0, 10.0, 30.0]))
    content = content_of(scaled, ".npz")
    assert isinstance(content, bytes)
    arrays = np.load(io.BytesIO(content))
    assert (float(arrays["y_shift"]), float(arrays["y_width"])) == (10.0, 40.0)
    assert arrays["prediction"] == pytest.approx(np.array([10.0, 10.0, 30.0]))
    assert -arrays["b"] / arrays["w"] == pytest.approx(np.array([1970.0]))
    table = list(csv.DictReader(io.StringIO("".join(points_csv(exported(scaled))))))
    assert [float(row["prediction"]) for row in table] == pytest.approx([10.0, 10.0, 30.0])
    assert [float(row["target"]) for row in table] == [10.0, 10.0, 50.0]


def test_an_import_has_no_scale_after_its_output(tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    content = content_of(scenario('[network]\noutput_activation = "relu"\n'), ".npz")
    assert isinstance(content, bytes)
    file.write_bytes(content)
    with pytest.raises(ScenarioError, match=r"^net\.npz: y is scaled after the output activation, which no network without"):
        open_named(str(file))


def test_a_model_predicts_in_years(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("scaled") / "t.toml"
    file.write_text(HINGE.format(""))
    model = load_model(str(file))
    assert model.x.tolist() == [1950, 1970, 1990]
    assert model.y.tolist() == [10, 10, 50]
    assert model.predict([1960, 1980]) == pytest.approx(np.array([10.0, 30.0]))
