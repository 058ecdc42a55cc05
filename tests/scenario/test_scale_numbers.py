"""The numbers of a scale in a scenario file: the curve of a network stays where it is, whatever becomes of the points."""

from pathlib import Path

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.scenario.csv_scenario import load_csv
from relutui.scenario.library import load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.scenario_files import write
from relutui.scenario.share_string import read_share_string, share_string
from relutui.scenario.writer import to_toml
from relutui.session import drawing
from relutui.session.journal_entries import entry_of, session_of
from relutui.session.scale_edits import toggle_scale
from relutui.session.session import as_scenario, open_session

ROWS = "1950,0\n1960,0\n1970,0\n1980,1\n1990,2\n"  # x: mean 1970, deviation sqrt(200); y: 0.6, 0.8
NETWORK = "[[unit]]\nw = 1.0\nb = 0.5\nv = 2.0\n"
X = np.linspace(1950.0, 1990.0, 9)


def at(scenario: Scenario, x: Array = X) -> Array:
    """The curve of a scenario's network, in the data's own units."""
    scale = scenario.dataset.scale
    return scale.y.own(scenario.network.prediction(scenario.start, scale.x.scaled(x)))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A network on a CSV file beside it, as `w` writes them."""
    (tmp_path / "years.csv").write_text(f"x,y\n{ROWS}")
    (tmp_path / "years.toml").write_text(f'title = "T"\n[target]\ncsv = "years.csv"\nscale = "standard"\n{NETWORK}')
    file = tmp_path / "network.toml"
    write(load(tmp_path / "years.toml"), file)
    return file


def test_rows_that_are_added_leave_the_curve_of_a_saved_network_where_it_is(saved: Path) -> None:
    """2 relu(z + 1/2) on scaled points, by hand: at x = 1970, y = 0.6 + 0.8."""
    before = load(saved)
    assert at(before, np.array([1970.0])) == pytest.approx([0.6 + 0.8 * 2 * 0.5])
    assert "scale_x = [1970.0, 14.142135623730951]" in saved.read_text()
    with saved.with_name("years.csv").open("a") as file:
        file.write("2050,9\n")
    after = load(saved)
    assert len(after.dataset) == 6
    assert after.dataset.scale == before.dataset.scale
    assert np.array_equal(at(after), at(before))
    assert after.dataset.x[-1] == pytest.approx(80 / 200**0.5)
    plain = load(saved.with_name("years.toml"))  # without the numbers
    assert not np.allclose(at(plain), at(before))


def test_the_numbers_are_read_back_from_a_file_a_share_string_and_the_journal(saved: Path) -> None:
    saved.with_name("years.csv").write_text(f"x,y\n{ROWS}2050,9\n")
    scenario = load(saved)
    for again in (
        parse(to_toml(scenario), "again", None),
        read_share_string(share_string(scenario)),
        session_of(entry_of(open_session(scenario))).scenario,
    ):
        assert again.dataset.scale == scenario.dataset.scale
        assert np.array_equal(again.dataset.x, scenario.dataset.x)
        assert np.array_equal(at(again), at(scenario))
        assert to_toml(again).partition("[target]")[2] == to_toml(scenario).partition("[target]")[2]


def test_a_random_start_is_measured_anew_and_has_no_numbers_unless_it_was_given_some(tmp_path: Path) -> None:
    (tmp_path / "years.csv").write_text(f"x,y\n{ROWS}")
    drawn = load_csv(tmp_path / "years.csv")
    assert drawn.init.units
    assert "scale_x" not in to_toml(drawn)
    given = to_toml(drawn).replace('scale = "standard"\n', 'scale = "standard"\nscale_x = [1900, 10]\nscale_y = [0, 2]\n')
    scenario = parse(given, "given", None)
    assert scenario.dataset.x.tolist() == [5.0, 6.0, 7.0, 8.0, 9.0]
    assert "scale_x = [1900.0, 10.0]" in to_toml(scenario)


def test_the_key_takes_the_numbers_off_and_a_drawn_target_keeps_them(saved: Path) -> None:
    saved.with_name("years.csv").write_text(f"x,y\n{ROWS}2050,9\n")
    session = open_session(load(saved))
    off = toggle_scale(session)
    assert "scale" not in to_toml(as_scenario(off, "off")).partition("[target]")[2].partition("[network]")[0]
    assert at(off.scenario) == pytest.approx(at(session.scenario))
    on = toggle_scale(off)
    assert on.dataset.x.mean() == pytest.approx(0.0)  # measured anew
    drawn = drawing.put(drawing.begin(session))
    redrawn = drawing.finish(drawing.put(drawing.move(drawn, 3, 1)), joined=True)
    assert redrawn.scenario.title == "A drawn target"
    assert np.array_equal(at(redrawn.scenario), at(session.scenario))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("scale_x = [0, 1]", 'target: scale_x and scale_y: expected both or none of them, beside scale = "standard" or "unit"'),
        ('scale = "none"\nscale_x = [0, 1]\nscale_y = [0, 1]', "target: scale_x and scale_y: expected both or none of them"),
        (
            'scale = "unit"\nscale_x = [0, 0]\nscale_y = [0, 1]',
            "target: scale_x: expected [shift, width], a shift within 1e+15",
        ),
        ('scale = "unit"\nscale_x = [0, -1]\nscale_y = [0, 1]', "got [0, -1]"),
        ('scale = "unit"\nscale_x = [0]\nscale_y = [0, 1]', "target: scale_x: expected [shift, width], got an array of 1"),
        ('scale = "unit"\nscale_x = 3\nscale_y = [0, 1]', "target: scale_x: "),
        ('scale = "unit"\nscale_x = [1e15, 1]\nscale_y = [0, 1]', "target: scale_x and scale_y: of the domain, scaled: "),
        ('scale = "unit"\nscale_x = [0, 1]\nscale_y = [0, 1e-20]', "expected scaled numbers of at most 1e+15, got 1e+20"),
        ('scale = "unit"\nscale_x = [0, inf]\nscale_y = [0, 1]', "target: scale_x: "),
    ],
)
def test_numbers_that_are_none_are_said(keys: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        parse(f'title = "T"\n[target]\npoints = [[0, 0], [1, 1]]\n{keys}\n{NETWORK}', "wrong", None)
    assert said in str(error.value)
    assert str(error.value).count("\n") == 0
