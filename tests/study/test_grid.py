"""The cells of a grid: each combination once, in the order of an odometer."""

from math import prod

from hypothesis import given
from hypothesis import strategies as st

from relutui.model.initialization import SCHEMES
from relutui.model.training import OPTIMIZERS, TrainingSettings
from relutui.scenario.scenario import Init
from relutui.study.grid import NAMES, Name, Value, Varied, cells_of, value_of
from relutui.study.sweep_results import Cell

BASE = Cell(3, TrainingSettings("momentum", 0.2, 0.7, "sse", 5, 0.1), Init("he", 1.5, scale_w=0.5, seed=3))
VALUES: dict[Name, st.SearchStrategy[Value]] = {
    "units": st.integers(1, 256),
    "learning_rate": st.floats(1e-9, 1e9),
    "optimizer": st.sampled_from(OPTIMIZERS),
    "momentum": st.floats(0, 0.999),
    "weight_decay": st.floats(0, 1000),
    "batch": st.integers(1, 1000) | st.just("all"),
    "scheme": st.sampled_from(SCHEMES),
    "scale": st.floats(0, 1000),
}


@st.composite
def grids(draw: st.DrawFn) -> tuple[Varied, ...]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return tuple(Varied(name, tuple(draw(st.lists(VALUES[name], unique=True, min_size=1, max_size=4)))) for name in names)


@given(grids())
def test_the_last_of_the_grid_changes_first(grid: tuple[Varied, ...]) -> None:
    cells = cells_of(BASE, grid)
    assert len(cells) == prod(len(values) for _, values in grid)
    repeated = 1
    for name, values in reversed(grid):
        expected = [values[number // repeated % len(values)] for number in range(len(cells))]
        assert [value_of(cell, name) for cell in cells] == expected
        repeated *= len(values)


@given(grids())
def test_what_is_not_varied_stays(grid: tuple[Varied, ...]) -> None:
    varied = [name for name, _ in grid]
    for cell in cells_of(BASE, grid):
        for name in NAMES:
            assert name in varied or value_of(cell, name) == value_of(BASE, name)
        assert (cell.settings.loss, cell.settings.steps, cell.settings.stop_below) == ("sse", 5, 0.1)
        assert (cell.init.scale_w, cell.init.seed) == (0.5, 3)
