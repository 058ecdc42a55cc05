"""Reading and finding scenarios; the lab and its figures."""

from pathlib import Path

import numpy as np
import pytest

from relutui.model.network import Network, Parameters
from relutui.model.training import Locks, TrainingSettings
from relutui.scenario.library import find, is_shipped, load, shipped
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Exercise, Init, ScenarioError
from relutui.scenario.target import Target
from relutui.scenario.writer import to_toml
from relutui.session.session import open_session
from tests.support.starts import random_start

SMALL = 'title = "T"\n[target]\npoints = [[0, 1], [2, 3]]\n[init]\nunits = 2\n'


def lab(*units: tuple[float, float]) -> Parameters:
    """The start of the lab with other (w, b) for its last units."""
    rows = [(-2.0, 2.0), *units]
    w, b = np.array(rows).T
    return Parameters(w, b, np.ones(len(rows)), 0.0)


def test_the_lab_is_the_three_unit_exercise() -> None:
    s = load(find("lab"))
    assert (s.name, s.title) == ("lab", "Three units, one curve")
    assert s.summary == "Set two units by hand so that three ReLUs add up to the target."
    assert s.domain == (0.0, 3.0)
    assert len(s.dataset) == 300
    assert s.dataset.x.tolist() == np.linspace(0.0, 3.0, 300).tolist()
    assert (s.dataset.y[0], s.dataset.y[-1]) == (2.0, 4.0)
    assert s.network == Network("relu", "identity", 0.0)
    assert s.start == lab((0.0, 0.0), (0.0, 0.0))
    fixed = np.array([True, False, False])
    assert s.locks == Locks(fixed, fixed, np.ones(3, np.bool_), True)
    assert s.settings == TrainingSettings("sgd", 0.05, 0.9, "mse", 1, None)
    assert s.exercise is not None
    assert (s.exercise.solved_below, s.exercise.step, s.exercise.range) == (1e-3, 0.1, (-4.0, 4.0))
    assert len(s.exercise.hints) == 3
    assert 5 <= len(s.lesson.splitlines()) <= 20


@pytest.mark.parametrize(
    ("start", "mse"),
    [
        (lab((0, 0), (0, 0)), 2.4630),
        (lab((1, -1), (0, 0)), 0.4497),
        (lab((1, -1), (3, -5)), 0.8188),
        (lab((2.438, -3.556)), 0.0300),
    ],
)
def test_the_losses_of_the_lab(start: Parameters, mse: float) -> None:
    s = load(find("lab"))
    assert round(s.network.loss(start, s.dataset.x, s.dataset.y), 4) == mse


def test_the_lab_solved() -> None:
    s = load(find("lab"))
    assert s.network.loss(lab((1, -1), (2, -4)), s.dataset.x, s.dataset.y) < 1e-12
    two = Parameters(np.array([-2.0, 3.0]), np.array([4.0, -3.0]), np.ones(2), -2.0)
    assert s.network.loss(two, s.dataset.x, s.dataset.y) < 1e-12


def test_the_best_single_extra_unit_is_a_minimum() -> None:
    """By another way than the network: least squares over the points right of the kink, then no better one around it."""
    x = np.linspace(0.0, 3.0, 300)
    rest = np.interp(x, [0, 1, 2, 3], [2, 0, 1, 4]) - np.maximum(2 - 2 * x, 0)
    on = x > 1.459
    line = np.polyfit(x[on], rest[on], 1)
    assert line.round(3).tolist() == [2.438, -3.556]
    assert (line[0] * x + line[1] > 0).tolist() == on.tolist()

    w, b = np.meshgrid(line[0] + np.linspace(-0.2, 0.2, 81), line[1] + np.linspace(-0.2, 0.2, 81))
    mse = ((np.maximum(w[..., None] * x + b[..., None], 0) - rest) ** 2).mean(axis=-1)
    assert np.unravel_index(mse.argmin(), mse.shape) == (40, 40)
    assert round(float(mse.min()), 4) == 0.0300


def test_every_shipped_scenario_reads_and_reads_back() -> None:
    assert "lab" in shipped()
    for name, path in shipped().items():
        assert parse(to_toml(load(path)), name, None) == load(path)


def test_the_defaults_of_the_format() -> None:
    s = parse(SMALL, "small", None)
    assert (s.name, s.title, s.summary, s.lesson, s.exercise) == ("small", "T", "", "", None)
    assert s.target == Target((0.0, 2.0), points=((0.0, 1.0), (2.0, 3.0)))
    assert s.network == Network("relu", "identity", 0.0)
    assert s.init == Init(units=2)
    assert s.settings == TrainingSettings("sgd", 0.05, 0.9, "mse", 1, None)
    assert s.locks == Locks(np.zeros(2, np.bool_), np.zeros(2, np.bool_), np.zeros(2, np.bool_), False)
    assert s.start == random_start(s.start, s.locks, 1.0, 0)


def test_everything_that_a_file_can_say() -> None:
    s = parse(
        """
        title = "T"
        summary = "S"
        lesson = "one\\ntwo"
        target = { expression = "x**2", domain = [-5, 4], samples = 10, noise = 0.5, noise_seed = 3 }
        [network]
        activation = "softplus"
        output_activation = "relu"
        output_bias = -16
        lock_output_bias = true
        slope_at_kink = 1
        [[unit]]
        w = 1
        b = -2.5
        v = 3e0
        lock = ["b", "v"]
        [init]
        scale = 2
        seed = 9
        [training]
        optimizer = "adam"
        learning_rate = 0.02
        momentum = 0
        loss = "sse"
        steps = 10
        stop_below = 1e-4
        [exercise]
        solved_below = 1
        step = 0.5
        range = [0, 2]
        hints = ["a", "b"]
        why = "c"
        """,
        "all",
        None,
    )
    assert s.lesson == "one\ntwo"
    assert s.target == Target((-5.0, 4.0), expression="x**2", samples=10, noise=0.5, noise_seed=3)
    assert s.dataset == s.target.dataset()
    assert s.network == Network("softplus", "relu", 1.0)
    assert s.start == Parameters(np.array([1.0]), np.array([-2.5]), np.array([3.0]), -16.0)
    assert s.locks == Locks(np.array([False]), np.array([True]), np.array([True]), True)
    assert s.init == Init(scale=2.0, seed=9)
    assert s.settings == TrainingSettings("adam", 0.02, 0.0, "sse", 10, 1e-4)
    assert s.exercise == Exercise(1.0, 0.5, (0.0, 2.0), ("a", "b"), "c")


def test_a_csv_beside_the_file_becomes_points(tmp_path: Path) -> None:
    (tmp_path / "dose.csv").write_text("x,y\n1,0\n0,0\n0.5,1\n")
    path = tmp_path / "dose.toml"
    path.write_text('title = "T"\n[target]\ncsv = "dose.csv"\nnoise = 0.1\n[init]\nunits = 2')
    s = load(path)
    assert s.target.points == ((1.0, 0.0), (0.0, 0.0), (0.5, 1.0))
    assert s.domain == (0.0, 1.0)
    assert parse(to_toml(s), "dose", None) == s


def test_points_at_one_x_have_a_domain_around_them() -> None:
    assert parse(SMALL.replace("[2, 3]", "[0, 3]"), "t", None).domain == (-0.5, 0.5)


def test_a_scenario_is_found_by_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(SMALL)
    assert find("lab") == shipped()["lab"]
    assert find("mine.toml") == Path("mine.toml")
    assert load(find("mine.toml")).name == "mine"
    with pytest.raises(ScenarioError) as caught:
        find("labb")
    assert str(caught.value) == 'no scenario and no file is called "labb" (did you mean lab?)'


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("none.toml", "none.toml: no such file"),
        ("folder.toml", "folder.toml: is a directory"),
        ("none.csv", "none.csv: no such file or directory"),
        ("mine.json", "mine.json: expected a file name that ends in .toml, .csv, .tsv, .txt or .dat"),
        ("a\0b.toml", "ab.toml: embedded null byte"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / name)
    assert caught.value.problems == (problem,)


def test_the_whole_of_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(ScenarioError, match="expected at most 64 kB"):
        load(path)


def test_what_comes_with_the_package_is_known_by_any_path(tmp_path: Path) -> None:
    lab, link, copy = shipped()["lab"], tmp_path / "lab.toml", tmp_path / "copy.toml"
    link.symlink_to(lab)
    copy.write_bytes(lab.read_bytes())
    assert is_shipped(lab.parent / ".." / lab.parent.name / "lab.toml")
    assert is_shipped(link)
    assert not is_shipped(copy)
    assert not is_shipped(lab.with_name("lab-mine.toml"))


def test_overrides_change_what_they_name_and_nothing_else() -> None:
    lab = load(find("lab"))
    assert lab.with_overrides() == lab
    other = lab.with_overrides(optimizer="adam", learning_rate=0.25)
    assert other.settings == TrainingSettings("adam", 0.25, 0.9, "mse", 1, None)
    assert (other.start, other.locks, other.dataset, other.exercise) == (lab.start, lab.locks, lab.dataset, lab.exercise)
    assert other.source == lab.source


def test_an_overridden_scale_or_momentum_may_be_0() -> None:
    lab = load(find("lab"))
    other = lab.with_overrides(momentum=0.0, scale=0.0)
    assert (other.settings.momentum, other.init) == (0.0, Init(scale=0.0, seed=lab.init.seed))
    assert other.start == lab.start  # which is listed


def test_an_overridden_scale_is_that_of_a_start_that_is_drawn() -> None:
    small = parse(SMALL, "small", None)
    assert small.with_overrides(scale=2.5) == parse(SMALL.replace("units = 2", "units = 2\nscale = 2.5"), "small", None)
    assert small.with_overrides(scale=small.init.scale) == small


def test_an_overridden_scheme_is_that_of_a_start_that_is_drawn() -> None:
    small, drawn = parse(SMALL, "small", None), SMALL.replace("units = 2", 'units = 2\nscheme = "kinks"\nscale_v = 0')
    kinks = parse(drawn, "small", None)
    assert small.with_overrides(scheme="kinks") == parse(drawn.replace("\nscale_v = 0", ""), "small", None)
    assert -kinks.start.b / kinks.start.w == pytest.approx([2 / 3, 4 / 3])  # of two points, at 0 and 2
    assert not kinks.start.v.any()
    assert kinks.with_overrides(scheme="he") == parse(drawn.replace("kinks", "he"), "small", None)


def test_an_automatic_learning_rate_is_read_written_and_overridden() -> None:
    text = f'{SMALL}[training]\nlearning_rate = "auto"\n'
    auto = parse(text, "small", None)
    assert auto.settings == TrainingSettings(automatic_rate=True)
    assert 'learning_rate = "auto"' in to_toml(auto)
    assert "automatic" not in to_toml(auto)
    assert parse(to_toml(auto), "small", None) == auto
    assert parse(SMALL, "small", None).with_overrides(learning_rate="auto") == auto
    assert auto.with_overrides(optimizer="adam").settings == TrainingSettings("adam", automatic_rate=True)
    assert auto.with_overrides(learning_rate=0.5).settings == TrainingSettings(learning_rate=0.5)
    with pytest.raises(ScenarioError, match=r'learning_rate: expected a number above 0 or "auto", got "automatic"$'):
        parse(text.replace("auto", "automatic"), "small", None)


def test_an_output_bias_that_the_scheme_draws_is_written_as_drawn() -> None:
    torch = parse(SMALL.replace("units = 2", 'units = 2\nscheme = "torch"'), "small", None)
    assert torch.start.c != 0.0
    assert torch.init.units == 2
    assert "output_bias = 0.0" in to_toml(torch)
    assert parse(to_toml(torch), "small", None) == torch


def test_an_overridden_number_of_units_is_drawn_as_if_the_file_gave_it() -> None:
    small = parse(SMALL, "small", None)
    assert small.with_overrides(units=5) == parse(SMALL.replace("units = 2", "units = 5"), "small", None)
    lab = load(find("lab"))  # which lists its units and locks c = 0
    drawn = lab.with_overrides(units=4)
    assert drawn.init == Init(scale=lab.init.scale, seed=lab.init.seed, units=4)
    w, b, v = np.random.default_rng(lab.init.seed).normal(0.0, lab.init.scale, (4, 3)).T
    assert drawn.start == Parameters(w, b, v, 0.0)
    free = np.zeros(4, np.bool_)
    assert drawn.locks == Locks(free, free, free, True)


def test_the_view_in_which_it_opens() -> None:
    smallest = 'title = "T"\nview = "trace"\n[target]\npoints = [[0, 1], [2, 3]]\n[init]\nunits = 2\n'
    scenario = parse(smallest, "t", None)
    assert scenario.view == "trace"
    assert open_session(scenario).view.name == "trace"
    assert parse(to_toml(scenario), "t", None) == scenario
    with pytest.raises(ScenarioError, match=r"^t\.toml: view: .*did you mean trace\?"):
        parse(smallest.replace("trace", "trase"), "t", None)
