"""The scale of a target: the straight line between the data's own units and the scaled ones, in which networks are trained.

Everything of a network is in scaled units: parameters, z, gradients, losses, the x and y of a Dataset, and every place that a
session computes with.  What is written in the data's own units is converted where it is written.
"""

from typing import Literal, NamedTuple, TypeVar, get_args

from relutui.lib.arrays import Array
from relutui.model.network import Loss, Parameters

Kind = Literal["none", "standard", "unit"]  # "standard": mean 0 and standard deviation 1; "unit": from 0 to 1
KINDS: tuple[Kind, ...] = get_args(Kind)

NEAR = 10.0  # times 1: data with a mean and a width up to this, and a width of at least 1 by this, need no scale
MIN_WIDTH = 1e-100  # of numbers that are not taken to be all the same: the squares of smaller ones may be 0
Numbers = TypeVar("Numbers", float, Array)


class Units(NamedTuple):
    """The line own = shift + width * scaled."""

    shift: float = 0.0
    width: float = 1.0

    def own(self, scaled: Numbers) -> Numbers:
        """Convert from scaled units to the data's own."""
        return self.shift + self.width * scaled

    def scaled(self, own: Numbers) -> Numbers:
        """Convert from the data's own units to scaled ones."""
        return (own - self.shift) / self.width


class Scale(NamedTuple):
    """The units of x and of y; by default the data's own, unchanged."""

    x: Units = Units()
    y: Units = Units()

    @property
    def changes(self) -> bool:
        """Whether scaled units differ from the data's own."""
        return self != UNSCALED

    @property
    def slope_width(self) -> float:
        """The slope in the data's own units of a curve that has the slope 1 in scaled ones."""
        return self.y.width / self.x.width


UNSCALED = Scale()


def scale_of(kind: Kind, x: Array, y: Array) -> Scale:
    """The scale of some points, x and y both of shape (points,); numbers within MIN_WIDTH are only shifted, to 0."""
    return UNSCALED if kind == "none" else Scale(_units_of(kind, x), _units_of(kind, y))


def name_of_loss(kind: Loss, scale: Scale) -> str:
    """What a loss is called, as in MSE, and that it is in scaled units where these are not the data's own."""
    return f"scaled {kind.upper()}" if scale.changes else kind.upper()


def fitting_scale(x: Array, y: Array) -> Kind:
    """The scale for points of which no scenario says one: none if x and y are near 1, in mean and width, else "standard"."""
    return "none" if _near_1(x) and _near_1(y) else "standard"


def _near_1(values: Array) -> bool:
    width = float(values.max()) - float(values.min())
    return abs(float(values.mean())) <= NEAR and (1.0 / NEAR <= width <= NEAR or not width)


def rescaled(p: Parameters, old: Scale, new: Scale) -> Parameters:
    """The parameters that give with another scale the same curve in the data's own units, if the output is the identity.

    As x is old.x.shift + old.x.width * scaled x and the like of new, w and b follow; so do v and c from y.
    """
    w = p.w * (new.x.width / old.x.width)
    b = p.b + p.w * ((new.x.shift - old.x.shift) / old.x.width)
    c = (p.c * old.y.width + (old.y.shift - new.y.shift)) / new.y.width
    return Parameters(w, b, p.v * (old.y.width / new.y.width), c, p.deeper)


def _units_of(kind: Kind, values: Array) -> Units:
    low, high = float(values.min()), float(values.max())
    if high - low < MIN_WIDTH:
        return Units(low)
    return Units(float(values.mean()), float(values.std())) if kind == "standard" else Units(low, high - low)
