"""`import relutui`: models; the engine is the real one, and figures are those of the exercise."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import relutui
from relutui.scenario.library import load as load_file
from tests.support.waiting import LIMIT


def test_the_import_brings_nothing_heavy() -> None:
    code = "import sys, relutui; assert 'load' in dir(relutui); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=LIMIT)
    imported = done.stdout.split()
    assert [name for name in imported if name.partition(".")[0] == "relutui"] == ["relutui"]
    assert not {"numpy", "textual", "tinygrad", "asyncio"} & set(imported)


def test_all_that_is_public_is_there_and_typed() -> None:
    assert all(getattr(relutui, name).__doc__ for name in relutui.__all__)
    assert (Path(relutui.__file__).parent / "py.typed").is_file()
    with pytest.raises(AttributeError, match="no attribute 'lood'"):
        relutui.lood  # noqa: B018


def test_the_exercise_by_hand() -> None:
    lab = relutui.load("lab")
    assert (lab.name, lab.title, lab.step, lab.seed) == ("lab", "Three units, one curve", 0, None)
    assert lab.loss == pytest.approx(2.4630, abs=5e-5)
    solved = lab.with_parameters(w=[-2, 1, 2], b=[2, -1, -4])
    assert solved.loss < 1e-20
    assert lab.with_parameters(w=[-2, 1, 3], b=[2, -1, -5]).loss == pytest.approx(0.8188, abs=5e-5)
    assert lab.loss == pytest.approx(2.4630, abs=5e-5)  # it is as it was


def test_a_prediction_has_the_shape_of_its_x() -> None:
    solved = relutui.load("lab").with_parameters(w=[-2, 1, 2], b=[2, -1, -4])
    assert solved.predict([[0, 1], [2, 3]]).tolist() == [[2, 0], [1, 4]]
    assert float(solved.predict(2.5)) == 2.5
    assert solved.predict([]).shape == (0,)


def test_training_returns_another_model() -> None:
    start = relutui.load("lab-free", seed=3)
    trained = start.train(100).train(200)
    assert (start.step, trained.step, trained.seed) == (0, 300, 3)
    assert trained.loss < start.loss
    assert trained.curve.steps[[0, -1]].tolist() == [0, 300]
    assert trained.curve.losses[[0, -1]] == pytest.approx([start.loss, trained.loss], rel=1e-6)
    assert start.train(300).parameters == trained.parameters
    assert start.train(0).parameters == start.parameters


def test_options_come_in_the_place_of_the_scenarios_own() -> None:
    model = relutui.load("lab-free", units=5, scale=0, learning_rate=1e9)
    assert model.parameters.w.tolist() == [0] * 5
    with pytest.raises(relutui.Diverged, match=r"^diverged after step \d+ at learning rate 1e\+09$") as raised:
        relutui.load("lab-free", seed=1, learning_rate=1e9).train(100)
    assert np.isfinite(raised.value.model.loss)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"learning_rate": -1, "optimizer": "x"}, 'optimizer: expected one of sgd, momentum, adam, got "x"; learning_rate: ex'),
        ({"units": 3}, "units is for scenarios that draw their units"),
        ({"units": 0}, "units: expected a whole number from 1 to 256, got 0"),
        ({"seed": -1}, "seed: expected a whole number from 0 to"),
        ({"batch": "some"}, 'batch: expected a whole number from 1 to 100,000 or "all", got "some"'),
        ({"scale": float("nan")}, "scale: expected a finite number from 0 to 1000, got nan"),
    ],
)
def test_wrong_options_are_said(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        relutui.load("lab", **options)  # type: ignore[arg-type]


def test_what_cannot_be_read_is_the_scenarios_error() -> None:
    with pytest.raises(relutui.ScenarioError, match=r'no scenario and no file is called "labb" \(did you mean lab\?\)'):
        relutui.load("labb")
    with pytest.raises(relutui.ScenarioError, match=r"^lab\.toml: a scenario, which has x, y and missing under \[target\]; "):
        relutui.load("lab", x=1)


@pytest.mark.parametrize(
    "weights", [{"w": [1.0]}, {"w": [1.0, float("nan"), 0.0]}, {"c": float("inf")}, {"c": 1.1e39}, {"v": [[1.0, 2.0, 3.0]]}]
)
def test_weights_that_are_none_are_refused(weights: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected 3 numbers each|expected finite numbers"):
        relutui.load("lab").with_parameters(**weights)  # type: ignore[arg-type]


def test_what_is_no_number_or_no_name_is_said() -> None:
    lab = relutui.load("lab")
    for wrong in ({"w": "a"}, {"c": "a"}, {"b": object()}):
        with pytest.raises(ValueError, match=r"^[wbc]: expected numbers, got "):
            lab.with_parameters(**wrong)
    with pytest.raises(ValueError, match=r"^expected 3 numbers each for w, b and v, and one for c$"):
        lab.with_parameters(c=[1.0, 2.0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^x: expected numbers, got \[\[1\], \[1, 2\]\]$"):
        lab.predict([[1], [1, 2]])
    with pytest.raises(ValueError, match=r"^expected a path, got 3$"):
        lab.save(3)  # type: ignore[arg-type]
    for name in (5, None):
        with pytest.raises(ValueError, match=r"^expected the name of a scenario, a path or a share string, got (5|None)$"):
            relutui.load(name)  # type: ignore[arg-type]


def test_what_cannot_be_trained_is_refused() -> None:
    lab = relutui.load("lab")
    for steps in (-1, 1.5, float("nan"), "10", None, True):
        with pytest.raises(ValueError, match=r"^steps: expected a whole number of 0 or more, got "):
            lab.train(steps)  # type: ignore[arg-type]
    assert lab.train(np.int64(2)).step == 2  # type: ignore[arg-type]


def test_a_network_without_a_gradient_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stepped.toml"
    file.write_text(relutui.load("lab").toml().replace('activation = "relu"', 'activation = "step"'))
    with pytest.raises(ValueError, match=r"^stepped: "):
        relutui.load(str(file)).train(1)


def test_it_is_saved_whole_and_never_over_another_file(tmp_path: Path) -> None:
    model = relutui.load("lab").with_parameters(w=[-2, 1, 2], b=[2, -1, -4])
    file = tmp_path / "mine.toml"
    model.save(file)
    assert load_file(file).start == model.parameters
    with pytest.raises(FileExistsError):
        model.save(file)
    with pytest.raises(ValueError, match=r"expected a name that ends in \.toml"):
        model.save(tmp_path / "mine.txt")
    assert relutui.load(model.share()).parameters == model.parameters
    assert file.read_text() == model.toml()


async def test_it_works_where_an_event_loop_is_running() -> None:
    """As in a notebook."""
    assert relutui.load("lab-free", seed=3).train(10).step == 10


def test_a_notebook_shows_the_chart() -> None:
    svg = relutui.load("lab").with_parameters(w=[-2, 1, 2], b=[2, -1, -4])._repr_svg_()
    assert svg
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]
    assert "Three units, one curve" in texts
    assert "MSE 0.0000" in texts


def test_a_file_of_data_is_trained_scaled_and_predicted_in_its_own_units(tmp_path: Path) -> None:
    file = tmp_path / "flow.csv"
    file.write_text("year,level,flow\n" + "".join(f"{1900 + n},{n},{1000 + 10 * abs(n - 50)}\n" for n in range(101)))
    with pytest.raises(relutui.ScenarioError):
        relutui.load(file)  # which of the three columns?
    model = relutui.load(file, x="year", y="flow", units=4, optimizer="adam", learning_rate=0.02, seed=1)
    assert (model.x[0], model.x[-1], model.y[50]) == pytest.approx((1900, 2000, 1000))
    assert ", scaled MSE " in repr(model)
    trained = model.train(3000)
    assert trained.predict([1900, 1950, 2000]) == pytest.approx([1500, 1000, 1500], abs=30)
    assert relutui.load(trained.share()).predict(1925) == pytest.approx(trained.predict(1925))
    file.write_text("year,flow\n1900,NA\n1901,-9\n1902,7\n")
    assert relutui.load(file, missing="drop").y.tolist() == pytest.approx([-9, 7])
    assert relutui.load(file, missing=-9).y.tolist() == pytest.approx([7])


@pytest.mark.parametrize(
    "choice",
    [
        {"missing": "dorp"},
        {"missing": True},
        {"missing": float("nan")},
        {"x": 1.5},
        {"x": 0},
        {"x": True},
        {"y": [1]},
        {"y": b"y"},
    ],
)
def test_a_choice_of_data_that_no_scenario_may_have_is_refused(tmp_path: Path, choice: dict[str, object]) -> None:
    (name,) = choice
    file = tmp_path / "flow.csv"
    file.write_text("year,flow\n1900,NA\n1901,-9\n1902,7\n")
    with pytest.raises(ValueError, match=rf"^{name}: expected "):
        relutui.load(file, **choice)  # type: ignore[arg-type]


def test_numbers_of_numpy_choose_columns(tmp_path: Path) -> None:
    file = tmp_path / "flow.csv"
    file.write_text("year,flow\n1900,1\n1901,-9\n1902,7\n")
    model = relutui.load(file, x=np.int64(1), y=np.int64(2), missing=np.int64(-9))  # type: ignore[arg-type]
    model.save(tmp_path / "mine.toml")
    assert relutui.load(tmp_path / "mine.toml").y.tolist() == model.y.tolist() == pytest.approx([1, 7])


def test_a_network_of_another_program_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    np.savez(file, w=[1.0], b=[-1.0], v=[2.0], c=[0.5])
    assert relutui.load(file).predict([0, 3]).tolist() == [0.5, 4.5]
