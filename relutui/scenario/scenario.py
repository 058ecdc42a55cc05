"""A scenario: what to learn, with which network, from which start."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.files import File
from relutui.model.dataset import Dataset
from relutui.model.initialization import ONE_LAYER, Initialization, Scheme, random_start
from relutui.model.network import Network, Parameters
from relutui.model.shapes import Sizes
from relutui.model.training import Locks, Optimizer, TrainingSettings, free_locks
from relutui.model.values import number_of_values, parameters_of
from relutui.scenario.ask import Ask
from relutui.scenario.target import Target

MAX_UNITS = 256  # of one hidden layer: these, with every digit written, fill half of the largest file
MAX_LAYERS = 10  # hidden ones,
MAX_LAYER_UNITS = 64  # and the units of each where there are several
MAX_SCALE = 1000.0  # of random starts
MAX_WEIGHT_DECAY = 1000.0


Interval = tuple[float, float]
Units = int | Sizes  # the number of units of one hidden layer, or those of several
View = Literal[
    "fit",
    "units",
    "contributions",
    "outputs",
    "trace",
    "network",
    "residual",
    "sizes",
    "activations",
    "trail",
    "loss",
    "landscape",
]

VIEWS: tuple[View, ...] = get_args(View)


@dataclass(frozen=True)
class Exercise:
    """The loss at which the scenario is solved, help on the way, and `why` it is solved then, in a sentence.

    step: of one nudge; range: limits of nudges of w and b.
    """

    solved_below: float = 1e-3
    step: float = 0.1
    range: Interval = (-4.0, 4.0)
    hints: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Init(Initialization):
    """How random starts are drawn.

    units: the number of units, or of those of each of several hidden layers, if the scenario draws its start and lists none.
    """

    seed: int = 0
    units: Units | None = None


def sizes_of_units(units: Units) -> Sizes:
    """The sizes of the hidden layers that a number of units, or several, stand for."""
    return (units,) if isinstance(units, int) else units


def draw_units(
    init: Init, units: Units, x: Array, bias: float, bias_locked: bool, network: Network = ONE_LAYER
) -> tuple[Parameters, Locks]:
    """Draw the start of so many units for points at x, with nothing locked but, if `bias_locked`, the output bias.

    network: that of these units; it matters where there are several hidden layers.
    """
    sizes = sizes_of_units(units)
    locks = free_locks(sizes, bias_locked)
    nothing = replace(parameters_of(np.zeros(number_of_values(sizes)), sizes), c=bias)
    return random_start(nothing, locks, init, x, init.seed, network), locks


def with_layers(network: Network, layers: int) -> Network:
    """The network with so many hidden layers: as it is if it has them, else all with the activation of the first."""
    if len(network.layer_activations) == layers:
        return network
    return replace(network, deeper=(network.activation,) * (layers - 1))


class ScenarioError(Exception):
    """A scenario cannot be read; `problems` are all that is wrong, each a line with file and place."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def scaled_domain(target: Target, dataset: Dataset) -> Interval:
    """The domain of a target in the units of its evaluated dataset."""
    low, high = map(dataset.scale.x.scaled, target.domain)
    return low, high


@dataclass(frozen=True)
class Scenario:
    """The content of a scenario file; name: the file's stem; file: as it was when loaded.

    dataset, domain: the evaluated target and its domain, in the units of training, as are start, settings and exercise.

    init.units is None unless start is what init draws, so that an edited start is written as a list of units.
    """

    name: str
    title: str
    summary: str
    lesson: str
    target: Target
    dataset: Dataset
    domain: tuple[float, float]
    network: Network
    start: Parameters
    locks: Locks
    init: Init
    settings: TrainingSettings
    exercise: Exercise | None
    intro: str = ""  # up to three lines, the last of which says what to do first
    asks: tuple[Ask, ...] = ()
    view: View = "fit"  # of the chart, when it opens
    file: File | None = field(default=None, compare=False)

    @property
    def source(self) -> Path | None:
        """The path of the file it was loaded from, if any."""
        return self.file.path if self.file else None

    def clean_y(self, x: Array) -> Array:
        """The curve at x without noise, of the same shape, both in the units of training; not for points, which are none."""
        scale = self.dataset.scale
        return scale.y.scaled(self.target.clean_y(scale.x.own(x)))

    def with_overrides(
        self,
        units: Units | None = None,
        optimizer: Optimizer | None = None,
        learning_rate: float | Literal["auto"] | None = None,
        momentum: float | None = None,
        scale: float | None = None,
        weight_decay: float | None = None,
        scheme: Scheme | None = None,
        batch: int | Literal["all"] | None = None,
    ) -> "Scenario":
        """Return the scenario with these in place of its own; None keeps its own, and `units` are drawn, as many as given."""
        settings = replace(
            self.settings,
            optimizer=optimizer or self.settings.optimizer,
            learning_rate=self.settings.learning_rate if learning_rate is None or learning_rate == "auto" else learning_rate,
            automatic_rate=self.settings.automatic_rate if learning_rate is None else learning_rate == "auto",
            momentum=self.settings.momentum if momentum is None else momentum,
            weight_decay=self.settings.weight_decay if weight_decay is None else weight_decay,
            batch=self.settings.batch if batch is None else None if batch == "all" else batch,
        )
        init = replace(
            self.init,
            units=units or self.init.units,
            scheme=scheme or self.init.scheme,
            scale=self.init.scale if scale is None else scale,
        )
        if init == self.init or init.units is None:
            return replace(self, init=init, settings=settings)
        network = with_layers(self.network, len(sizes_of_units(init.units)))
        start, locks = draw_units(init, init.units, self.dataset.x, self.start.c, self.locks.c, network)
        return replace(self, network=network, init=init, start=start, locks=locks, settings=settings)

    def __post_init__(self) -> None:
        units, bias, locked = self.init.units, self.start.c, self.locks.c
        if not units:
            return
        drawn = sizes_of_units(units) == self.start.sizes and draw_units(
            self.init, units, self.dataset.x, bias, locked, self.network
        )
        if (self.start, self.locks) != drawn:
            object.__setattr__(self, "init", replace(self.init, units=None))
