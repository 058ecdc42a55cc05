"""Networks of several hidden layers at the command line and in Python, and that the app says what it does not show."""

import json
from pathlib import Path

import numpy as np
import pytest

import relutui
from relutui.cli.main import main
from relutui.readout.gallery import read_gallery
from relutui.readout.preview import Unread, read_preview
from relutui.scenario.library import find, load
from relutui.session.journal_entries import entry_of, session_of
from relutui.session.session import open_session
from tests.support.sessions import open_lab

DEEP = """title = "Deep"
[target]
expression = "sin(3 * x)"
domain = [-1, 1]
samples = 20
[init]
units = [3, 2]
scheme = "kinks"
[training]
learning_rate = {rate}
"""


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    file = tmp_path / "deep.toml"
    file.write_text(DEEP.format(rate=0.05))
    return file


def test_check_says_how_many_layers(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(deep)]) == 0
    assert capsys.readouterr().out == f"{deep}: good: 5 units in 2 hidden layers, 20 points\n"


def test_train_prints_every_layer(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(deep), "--steps", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "layer" in line] == ["layer 1: relu", "layer 2: relu", "layer 3: the output, identity"]
    p = load(deep).start
    row = lines[lines.index("layer 2: relu") + 3]
    assert [float(number) for number in row.split()] == pytest.approx([1, p.deeper[0].b[1], *p.deeper[0].w[1]], rel=1e-5)
    assert lines[-1].split()[0] == "v"
    assert len(lines[-1].split()) == 3


def test_train_goes_on_where_it_was_saved(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, curve = deep.with_name("saved.toml"), deep.with_name("curve.csv")
    assert main(["train", str(deep), "--steps", "40", "--json", "--save", str(saved), "--curve", str(curve)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["steps"], report["ended"], report["moved"]) == (40, "steps", True)
    p = load(saved).start
    assert report["parameters"]["deeper"] == [{"w": layer.w.tolist(), "b": layer.b.tolist()} for layer in p.deeper]
    assert report["parameters"]["v"] == p.v.tolist()
    assert report["history"]["losses"][0] > report["loss"]
    assert curve.read_text().startswith("step,loss\n0,")
    x = np.linspace(-1, 1, 20)
    y = np.sin(3 * x)
    assert report["loss"] == pytest.approx(load(saved).network.loss(p, x, y), rel=1e-5)


def test_units_are_those_of_each_layer(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given, deeper in (("4,3,2", [3, 2]), ("4", None)):
        assert main(["train", str(deep), "--steps", "0", "--json", "--units", given]) == 0
        parameters = json.loads(capsys.readouterr().out)["parameters"]
        assert len(parameters["w"]) == 4
        assert (deeper is None) == ("deeper" not in parameters)
        assert deeper is None or [len(layer["b"]) for layer in parameters["deeper"]] == deeper


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ("65,2", 'expected at most 64 units in each of several hidden layers, got "65,2"'),
        (",".join("1" * 11), 'expected at most 10 hidden layers, got "1,1,1,1,1,1,1,1,1,1,1"'),
        ("3,", 'expected a whole number, got ""'),
        ("3,0", "expected at least 1"),
    ],
)
def test_units_that_are_none(units: str, said: str, deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", str(deep), "--steps", "0", "--units", units])
    assert capsys.readouterr().err.splitlines()[-1].endswith(f"argument --units: {said}")


def test_solving_sets_v_and_c_of_the_last_layer(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(deep), "--steps", "0", "--solve", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    s = load(deep)
    columns = np.vstack([s.network.activations(s.start, s.dataset.x), np.ones(20)]).T
    lowest = np.square(columns @ np.linalg.lstsq(columns, s.dataset.y)[0] - s.dataset.y).mean()
    assert report["loss"] == pytest.approx(lowest)
    assert "locked" not in report["solving"]


def test_an_automatic_rate_trains(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep.write_text(DEEP.format(rate='"auto"'))
    assert main(["train", str(deep), "--steps", "20", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["loss"] < report["history"]["losses"][0]


def test_the_app_opens_it(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(deep), "--keys", "pagedown", "--size", "80x24"]) == 0
    screen = capsys.readouterr().out
    assert "layer 2 of 2" in screen
    assert "Traceback" not in screen


@pytest.mark.parametrize("ending", [".svg", ".txt"])
def test_its_chart_is_exported(ending: str, deep: Path) -> None:
    output = deep.with_suffix(ending)
    assert main(["export", str(deep), str(output)]) == 0
    assert output.stat().st_size


def test_a_sweep_of_its_own_layers(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each start is as it is alone."""
    assert main(["sweep", str(deep), "--seeds", "3", "--steps", "20", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["units"]
    losses = [relutui.load(deep, seed=seed).train(20).loss for seed in range(3)]
    assert (entry["units"], entry["seeds"], entry["best_possible"]) == ("3x2", 3, None)
    assert entry["quantiles"]["0.5"] == pytest.approx(sorted(losses)[1], rel=1e-4)
    assert entry["best"] == pytest.approx(min(losses), rel=1e-4)


def test_a_sweep_of_several_depths(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = deep.with_name("sweep.csv")
    options = ["--units", "2x2x2,4,2x2", "--vary", "scheme=he,torch", "--csv", str(file)]
    assert main(["sweep", str(deep), "--seeds", "2", "--steps", "3", *options]) == 0
    assert "opens a start in the app" not in capsys.readouterr().out
    header, *rows = [line.split(",") for line in file.read_text().splitlines()]
    assert header == ["units", "scheme", "seed", "loss", "outcome"]
    assert [row[0] for row in rows] == ["2x2x2"] * 4 + ["4"] * 4 + ["2x2"] * 4
    listed = deep.with_name("listed.toml")
    relutui.load(deep).with_parameters(c=1.0).save(listed)
    assert main(["sweep", str(listed), "--seeds", "2", "--steps", "1", "--units", "2x2"]) == 2
    assert "--units is for scenarios that draw their units" in capsys.readouterr().err


def test_what_a_sweep_of_layers_cannot_do(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(deep.with_name("sweep.csv"))
    assert main(["sweep", str(deep), "--seeds", "2", "--steps", "1", "--csv", file, "--parameters"]) == 2
    assert capsys.readouterr().err == "relutui: --parameters is for networks of one hidden layer\n"
    with pytest.raises(SystemExit):
        main(["sweep", str(deep), "--seeds", "2", "--steps", "1", "--units", "2x65"])
    assert capsys.readouterr().err.endswith('expected at most 64 units in each of several hidden layers, got "2x65"\n')


def test_a_search_says_what_the_file_has_to_say(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--units", "2x2", "--vary", "learning_rate=0.01,0.1", "--optimizer", "sgd", "--budget", "40", "--steps", "2"]
    assert main(["search", str(deep), *options]) == 0
    assert "[init]\nunits = [2, 2]\n" in capsys.readouterr().out


def test_starts_in_python(deep: Path) -> None:
    two, one = relutui.sweep(deep, seeds=2, steps=5, vary={"units": [(2, 2), 3]})
    assert (two.values["units"], one.values["units"]) == ("2x2", 3)
    assert two.losses[1] == pytest.approx(relutui.load(deep, units=(2, 2), seed=1).train(5).loss, rel=1e-4)


def test_a_model_in_python(deep: Path) -> None:
    model = relutui.load(deep)
    after = model.train(30)
    assert after.loss < model.loss
    assert after.parameters.sizes == (3, 2)
    assert after.predict(0.5) == pytest.approx(load(deep).network.prediction(after.parameters, 0.5)[0])
    assert relutui.load(after.share()).parameters == after.parameters
    assert relutui.load(deep, units=(2, 2, 2)).parameters.sizes == (2, 2, 2)
    changed = after.with_parameters(c=2.0)
    assert changed.parameters.deeper == after.parameters.deeper
    assert changed.parameters.c == 2.0
    assert changed._repr_svg_().startswith("<svg")
    with pytest.raises(ValueError, match="units: item 1: expected a whole number from 1 to 64, got 65"):
        relutui.load(deep, units=(65, 2))


def test_the_gallery_shows_its_curve_as_that_of_any_file(deep: Path) -> None:
    scenario = load(deep)
    shown = read_preview(scenario)
    assert shown.summary == scenario.summary


def test_a_large_file_is_not_read_for_the_gallery(deep: Path) -> None:
    """Twenty of them would take ten seconds."""
    with deep.open("a") as file:
        file.write("# " + "0, " * 50_000)
    entries = [entry for section in read_gallery(open_lab(), lambda: deep.parent).sections for entry in section.entries]
    (entry,) = [entry for entry in entries if entry.name == "deep.toml"]
    assert entry.shown == Unread("0.2 MB: read when it is opened")


def test_what_is_kept_for_recovery_has_as_many_layers_as_its_scenario(deep: Path) -> None:
    """No session has states of other layers; an entry that says so is refused as any that cannot be read."""
    entry, layered = (entry_of(open_session(load(path))) for path in (find("lab"), deep))
    entry["present"] = layered["present"]
    with pytest.raises(ValueError, match="expected states of 1 hidden layer"):
        session_of(entry)
