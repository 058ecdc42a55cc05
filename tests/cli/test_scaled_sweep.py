"""What training by the defaults finds on scaled data of the kinds that people bring; the points are look-alikes, drawn here."""

import json
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main

Points = tuple[np.ndarray, np.ndarray]


def swept(points: Points, units: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The entry of a sweep of 64 starts, with a scale and all else by default."""
    listed = [[float(x), float(y)] for x, y in zip(*points)]
    file = folder / "data.toml"
    file.write_text(f'title = "T"\n[target]\nscale = "standard"\npoints = {listed}\n[init]\nunits = {units}\n')
    assert main(["sweep", str(file), "--seeds", "64", "--steps", "5000", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    x, y = points
    assert result["scale"]["x"] == pytest.approx({"shift": float(x.mean()), "width": float(x.std())})
    assert result["scale"]["y"] == pytest.approx({"shift": float(y.mean()), "width": float(y.std())})
    entry: dict[str, object] = result["units"][0]
    return entry


def one_bend(points: Points) -> float:
    """The least squares of continuous lines with one bend, at any of 2,000 places, as a share of the variance of y."""
    x, y = points
    losses = []
    for kink in np.linspace(x[0], x[-1], 2000):
        columns = np.stack([np.ones(len(x)), x - x.mean(), np.maximum(x - kink, 0.0)], axis=1)
        losses.append(float(((y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]) ** 2).mean()))
    return min(losses) / float(y.var())


def test_a_hinge_over_years_is_found_by_most_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points = np.array([1950.0, 1960, 1970, 1980, 1990]), np.array([0.0, 0, 0, 1, 2])
    outcomes = swept(points, 3, tmp_path, capsys)["outcomes"]
    assert isinstance(outcomes, dict)
    assert outcomes["solved"] > 32


def salaries() -> Points:
    """Thirty of 30,000 to 125,000 by years of service."""
    dice = np.random.default_rng(7)
    years = np.sort(dice.uniform(1.0, 10.5, 30))
    return years, 25_000.0 + 9_500.0 * years + dice.normal(0.0, 5_500.0, 30)


def river() -> Points:
    """A hundred yearly flows that drop by a quarter within a few years."""
    years = np.arange(1871.0, 1971.0)
    return years, np.where(years < 1899.0, 1_098.0, 850.0) + np.random.default_rng(3).normal(0.0, 128.0, 100)


@pytest.mark.parametrize("points", [salaries(), river()], ids=["salaries", "a river"])
def test_the_best_start_is_near_the_best_line_with_as_many_bends(
    points: Points, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    best = swept(points, 1, tmp_path, capsys)["best"]
    assert isinstance(best, float)
    assert best < 1.1 * one_bend(points)


def test_points_far_from_0_are_said_below_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "years.toml"
    file.write_text('title = "years"\n[target]\npoints = [[1950, 0], [1990, 2]]\n[init]\nunits = 1\n')
    assert main(["sweep", str(file), "--seeds", "2", "--steps", "10"]) == 0
    said = 'x is far from 0: add scale = "standard" under [target], or training does badly'
    assert said in capsys.readouterr().out.splitlines()


def test_the_tables_say_that_the_losses_are_scaled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The heading of a column is as wide as its numbers."""
    for scale, name in (("none", "MSE"), ("standard", "scaled MSE")):
        file = tmp_path / "years.toml"
        target = f'title = "T"\n[target]\nscale = "{scale}"\npoints = [[0, 0], [1, 3], [2, 1]]\n'
        file.write_text(f"{target}[init]\nunits = 2\n")
        for command in ("sweep", "search"):
            assert main([command, str(file), "--steps", "3", "--seeds", "4"]) == 0
            lines = capsys.readouterr().out.splitlines()
            assert f"solved: {name} below" in lines[0]
            head = next(number for number, line in enumerate(lines) if " 10 %" in line)
            end = lines[head].index(f" {name} 10 %") + len(f" {name} 10 %")
            assert lines[head + 1][end - 1].isdigit()
            assert lines[head + 1][end] == " "
