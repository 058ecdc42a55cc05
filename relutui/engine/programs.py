"""The programs of the kernels by points, by layers, by pieces and by lanes: what each reads besides the state."""

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from relutui.engine.kernels.activations import PIECEWISE_LINEAR
from relutui.engine.kernels.arguments import Count, Progress
from relutui.engine.kernels.by_lanes import lanes_kernel
from relutui.engine.kernels.by_layers import layers_kernel
from relutui.engine.kernels.by_layers_gpu import layers_gpu_kernel
from relutui.engine.kernels.by_pieces import pieces_kernel
from relutui.engine.kernels.by_points import points_kernel
from relutui.engine.kernels.by_points_gpu import points_gpu_kernel
from relutui.engine.kernels.few_units import few_units_kernel
from relutui.engine.kernels.lanes_layout import EvenScale, LanesSpec, lanes_sizes
from relutui.engine.kernels.layers_gpu_layout import layers_gpu_sizes, pairs_of
from relutui.engine.kernels.layers_layout import TILE as LAYERS_TILE
from relutui.engine.kernels.layers_layout import LayersSpec, Places, layers_sizes
from relutui.engine.kernels.pieces_layout import DOUBT, Extent, PiecesSpec, Scale, pieces_sizes
from relutui.engine.kernels.points_layout import TILE, Epochs, PointsSpec, sizes
from relutui.engine.kernels.prefix_sums import even_spacing, tables
from relutui.engine.program import BurstStart, Program
from relutui.lib.arrays import Array
from relutui.model.minibatch import numbers, steps_per_epoch
from relutui.model.shapes import Sizes
from relutui.model.training import Locks, Problem
from relutui.model.values import values_of

RUN_WORK = 50_000_000  # units times points times steps of all networks in one burst, which cannot be interrupted
POINTS_PER_UNIT, POINTS_PER_UNIT_OF_LANE = 50, 10  # visited in the time that a unit takes by pieces, and by lanes


class PointProgram(Program):
    """The kernel that visits every point."""

    spec: PointsSpec | LayersSpec

    def __init__(self, spec: PointsSpec) -> None:
        super().__init__(spec, sizes(spec), np.float32, points_gpu_kernel(spec) if spec.threads else points_kernel(spec))

    def _tile(self, points: int) -> int:
        """Return the number of points that are visited together."""
        return self.spec.threads or TILE

    @property
    def work(self) -> int:
        """Units times points."""
        return self._sizes[0] * self._padded

    def _load(self, problem: Problem) -> None:
        x, y = problem.dataset.x, problem.dataset.y
        points = len(x)
        tile = self._tile(points)
        padding = -points % tile  # repeats the last point: any other could overflow where no real one does
        self.write("x", np.concatenate([x, x[-1:].repeat(padding)]))
        self.write("y", np.concatenate([y, y[-1:].repeat(padding)]))
        self.write("weight", np.repeat([_loss_weight(problem), 0.0], [points, padding]))
        self._arrays["counts"][Count.TILES] = (points + padding) // tile
        self._problem, self._padded = problem, points + padding
        if self.spec.minibatches:
            size, per_epoch = problem.points_of_step, steps_per_epoch(problem)
            in_last = points - (per_epoch - 1) * size
            self.write("minibatch_weights", np.array([_loss_weight(problem, size), _loss_weight(problem, in_last)]))

    def most_steps(self, taken: int) -> int:
        """The steps that one burst may take after `taken` others, as far as the memory for minibatches goes; at least 1."""
        if not self.spec.minibatches:
            return super().most_steps(taken)
        epochs, per_epoch = (self._lengths["minibatches"] - len(Epochs)) // self._padded, steps_per_epoch(self._problem)
        return epochs * per_epoch - taken % per_epoch - 1  # the kernel looks at one step more than it takes

    def run(self, steps: int, burst_start: BurstStart, networks: int = 1) -> None:
        """Run one burst from the state in memory."""
        if self.spec.minibatches:
            first, taken = divmod(burst_start.taken, per_epoch := steps_per_epoch(self._problem))
            dealt = numbers(self._problem, range(first, first + 1 + (taken + steps) // per_epoch))
            padding = ((0, 0), (0, self._padded - dealt.shape[1]))
            rows = np.pad(dealt, padding, constant_values=-1)  # in no minibatch
            self.write("minibatches", np.append(np.array([per_epoch, taken], np.int32), rows))
        super().run(steps, burst_start, networks)


class LayersProgram(PointProgram):
    """The kernel for several hidden layers, which visits every point."""

    spec: LayersSpec

    def __init__(self, spec: LayersSpec) -> None:
        kernel, lengths = (layers_gpu_kernel, layers_gpu_sizes) if spec.threads else (layers_kernel, layers_sizes)
        Program.__init__(self, spec, lengths(spec), np.float32, kernel(spec))

    @property
    def work(self) -> int:
        """Half of parameters times points: two products take as long as a visit of a point by a unit of one layer."""
        return len(self._columns) * self._padded // 2

    def _tile(self, points: int) -> int:
        """Return the number of points that are visited together."""
        tiles = -(-points // (self.spec.threads or LAYERS_TILE))
        return -(-points // (tiles * self.spec.lanes)) * self.spec.lanes

    def _load(self, problem: Problem) -> None:
        super()._load(problem)
        spec, names, places = self.spec, problem.network.layer_activations, Places(self._sizes, self.spec)
        counts = [len(list(same)) for some in (names[1:], names[:-1]) for _, same in groupby(some)]
        points = self._tile(len(problem.dataset))
        self.write("layers", np.array([points // spec.lanes, places.length // spec.lanes, places.chunks, *counts]))
        if spec.threads:
            self.write("pairs", pairs_of(self._sizes, places))

    def most_steps(self, taken: int) -> int:
        """The steps that one burst may take after `taken` others, as it cannot be interrupted; at least 1."""
        return max(1, min(super().most_steps(taken), RUN_WORK // self.work))

    def _columns_of(self, sizes: Sizes) -> NDArray[np.intp]:
        return Places(sizes, self.spec).columns

    def _free(self, locks: Locks) -> Array:
        free = np.zeros(self.spec.parameters)
        free[self._columns] = 1.0 - values_of(locks)
        return free


class TableProgram(Program):
    """A kernel that goes by the straight pieces of the prediction, and reads tables of sums over the points."""

    def _load(self, problem: Problem) -> None:
        network = problem.network
        if problem.dataset is not self._dataset:
            self._tables = tables(problem.dataset)
            self.write("table", self._tables.rows.ravel())
            self.write("cells", self._tables.cells)
        made = self._tables
        extents = np.zeros(len(Extent), np.int32)
        extents[Extent.PLACES], extents[Extent.ROUNDS] = made.places, made.rounds
        self.write("extents", extents)
        scales = np.zeros(len(Scale))
        leak, weight = PIECEWISE_LINEAR[network.activation], _loss_weight(problem)
        self._leak = leak
        scales[Scale.LEAK], scales[Scale.WEIGHT], scales[Scale.TWICE] = leak, weight, 2.0 * weight
        scales[Scale.FLAT], scales[Scale.STEEP] = 2.0 * weight * leak, 2.0 * weight * (1.0 - leak)
        scales[Scale.CELLS], scales[Scale.OFFSET] = made.scale, made.offset
        scales[Scale.Y_SQUARES], scales[Scale.CENTRE], scales[Scale.MIDDLE] = made.y_squares, made.centre, made.middle
        scales[Scale.PART_A], scales[Scale.PART_B] = made.parts
        self.write("scales", scales)

    def run(self, steps: int, burst_start: BurstStart, networks: int = 1, taken: NDArray[np.int64] | None = None) -> None:
        """Run one burst from the state in memory.

        taken: how many of the steps each network skips, of shape (networks,); None skips none.
        """
        progress = self._arrays["progress"]
        progress.fill(0)
        if taken is not None:
            self._rows(progress)[:networks, Progress.TAKEN] = taken
        self._memory["progress"].upload()
        super().run(steps, burst_start, networks)

    def taken(self) -> NDArray[np.int32]:
        """Return the number of steps each network has taken, of shape (networks,)."""
        return self._rows(self.current("progress"))[:, Progress.TAKEN]

    def doubts(self) -> NDArray[np.bool_]:
        """Return for each network whether the tables may be too inexact for its state, of shape (networks,)."""
        found: NDArray[np.bool_] = self._rows(self.current("progress"))[:, DOUBT] != 0
        return found

    def doubtful(self, values: Array) -> NDArray[np.bool_]:
        """Return the same for parameters of shape (networks, 1 + 3 units)."""
        return self._tables.doubt(values, self._leak)

    def _columns_of(self, sizes: Sizes) -> NDArray[np.intp]:
        """Return the indices of c, w_0, b_0, v_0, w_1, ... among c, all w, all b, all v."""
        return np.append(0, 1 + self.spec.units * np.arange(3) + np.arange(*sizes)[:, None])


class PieceProgram(TableProgram):
    """The kernel that trains networks in turn, or each on a thread of a GPU."""

    def __init__(self, spec: PiecesSpec) -> None:
        super().__init__(spec, pieces_sizes(spec), np.float64, few_units_kernel(spec) if spec.few else pieces_kernel(spec))

    @property
    def work(self) -> int:
        """Units times the points that take as long as a unit."""
        return self._sizes[0] * POINTS_PER_UNIT

    def _load(self, problem: Problem) -> None:
        super()._load(problem)
        self.write("place", np.zeros(len(self._arrays["place"])))  # the kernel looks for one beyond the last unit, too
        self._rows(self._arrays["order"])[:, : 1 + self._sizes[0]] = np.arange(-1, self._sizes[0])
        self._memory["order"].upload()


class LanesProgram(TableProgram):
    """The kernel that trains networks side by side in the lanes of a processor's vectors."""

    def __init__(self, spec: LanesSpec) -> None:
        super().__init__(spec, lanes_sizes(spec), np.float64, lanes_kernel(spec))

    @property
    def work(self) -> int:
        """Units times the points that take as long as a unit."""
        return self._sizes[0] * POINTS_PER_UNIT_OF_LANE

    def _load(self, problem: Problem) -> None:
        super()._load(problem)
        if spacing := even_spacing(problem.dataset):
            start, step = spacing.start, spacing.step
            scales = self._arrays["scales"]
            scales[EvenScale.ORIGIN], scales[EvenScale.START], scales[EvenScale.HALF_STEP] = spacing.origin, start, step / 2.0
            scales[EvenScale.START_SQUARE], scales[EvenScale.LINEAR] = start * start, start * step - step * step / 6.0
            scales[EvenScale.CUBIC] = step * step / 3.0
            self._memory["scales"].upload()


def program_for(spec: PointsSpec | PiecesSpec | LanesSpec | LayersSpec) -> Program:
    """Compile the kernel of a spec."""
    if isinstance(spec, LayersSpec):
        return LayersProgram(spec)
    if isinstance(spec, LanesSpec):
        return LanesProgram(spec)
    return PieceProgram(spec) if isinstance(spec, PiecesSpec) else PointProgram(spec)


def _loss_weight(problem: Problem, points: int | None = None) -> float:
    """Return the factor of the sum of squared errors at so many points, or at all, in the loss: 1 / points for their mean."""
    return 1.0 / (points or len(problem.dataset)) if problem.settings.loss == "mse" else 1.0
