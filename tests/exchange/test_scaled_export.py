"""A network of scaled data, taken out: its numbers are in the data's own units."""

import io

import numpy as np
import pytest

from relutui import load as load_model
from relutui.exchange.export import content_of
from relutui.exchange.problem import ExchangeError
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario

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


def test_an_output_activation_keeps_the_scale() -> None:
    with pytest.raises(ExchangeError, match=r"^relu on the output keeps the scale from being taken out$"):
        content_of(scenario('[network]\noutput_activation = "relu"\n'), ".npz")


def test_a_model_predicts_in_years(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("scaled") / "t.toml"
    file.write_text(HINGE.format(""))
    model = load_model(str(file))
    assert model.x.tolist() == [1950, 1970, 1990]
    assert model.y.tolist() == [10, 10, 50]
    assert model.predict([1960, 1980]) == pytest.approx(np.array([10.0, 30.0]))
