"""The columns of the file of a sweep, and the parameters of a network in them."""

import numpy as np

from relutui.lib.arrays import Array
from relutui.study.grid import Value, value_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Cell


def columns(sweep: Sweep) -> tuple[str, ...]:
    """The names of the columns: those of what is varied, then what each network has of its own."""
    return *(varied.name for varied in sweep.grid), "seed", "loss", "outcome", *parameter_columns(sweep)


def parameter_columns(sweep: Sweep) -> tuple[str, ...]:
    """The names of the columns of parameters, w0, w1, ..., b0, ..., v0, ..., c; none unless the sweep keeps them."""
    if not sweep.parameters:
        return ()
    units = range(max(sweep.units))
    return *(f"{name}{unit}" for name in "wbv" for unit in units), "c"


def values(sweep: Sweep, cell: Cell) -> tuple[Value, ...]:
    """What the networks of a cell have in the columns of what is varied."""
    return tuple(value_of(cell, varied.name) for varied in sweep.grid)


def in_columns(sweep: Sweep, cell: Cell, parameters: Array) -> Array:
    """The parameters of networks of a cell, one network after the other as in a Result, in their columns.

    Of shape (networks, columns), nan in those of units that the networks do not have.
    """
    networks = parameters.reshape(-1, cell.parameters)
    table = np.full((len(networks), len(parameter_columns(sweep))), np.nan)
    table[:, _places(sweep, cell)] = networks
    return table


def from_columns(sweep: Sweep, cell: Cell, table: Array) -> Array:
    """The inverse of in_columns."""
    parameters: Array = table[:, _places(sweep, cell)].ravel()
    return parameters


def _places(sweep: Sweep, cell: Cell) -> list[int]:
    """The columns of c, w_0, b_0, v_0, w_1, ..."""
    most = max(sweep.units)
    return [3 * most, *(field * most + unit for unit in range(cell.units) for field in range(3))]
