"""Starts from which training soon stands still, each made for one of the reasons that may be given."""

import math
import random
from itertools import pairwise

Unit = tuple[float, float, float]  # w, b, v
Point = tuple[float, float]

SHARE = 0.15  # of the drawings that begin so
PLATEAUS = (
    *("dead", "zero", "twins", "gap", "output off", "kinks locked", "close kinks", "one kink", "small", "parked", "identity"),
    *("saddle", "tiny rate", "any"),
)
BENT = ("twins", "gap", "close kinks", "one kink", "parked")  # of relus, whose sum is the prediction
CALM = (*BENT, "saddle")  # which long steps would leave


def activations(name: str, dice: random.Random) -> tuple[str | None, str | None]:
    """The activation of the units and of the output; None for any."""
    match name:
        case "identity":
            return "identity", None
        case "output off":
            return None, "relu"
        case "saddle":
            return dice.choice(("tanh", "tanh", "sigmoid", "softplus", "identity")), "identity"
    return ("relu", "identity") if name in BENT else (None, None)


def points(name: str, dice: random.Random) -> list[Point]:
    """Points for which the start is made; none for any."""
    match name:
        case "gap":
            count = dice.randint(2, 5)
            x = [side * (0.5 + 0.2 * place) for side in (-1.0, 1.0) for place in range(count)]
            return [(at, dice.gauss(0.0, 1.0)) for at in x]
        case "twins":
            x = [place / 4 for place in range(-4, 5)]
            return [(at, abs(at - 0.1) + dice.gauss(0.0, 0.1)) for at in x]
        case "one kink" | "parked" | "close kinks":
            count = 101 if name == "parked" else dice.choice((7, 12, 20))
            x = [4.0 * place / (count - 1) - 2.0 for place in range(count)]
            phase = dice.uniform(0.0, 6.0)
            return [(at, math.sin(2.0 * at + phase) + dice.gauss(0.0, 0.1)) for at in x]
    return []


def locks(name: str, unit: int, dice: random.Random) -> list[str] | None:
    """What is locked of a unit; None for any."""
    match name:
        case "kinks locked" | "close kinks":
            return ["w", "b"]
        case "twins" | "gap" | "saddle":
            return []
        case "one kink":
            return dice.choice((["b"], ["b"], []))
        case "parked":
            return ["v"] if unit == 0 else ["w", "b"]
    return None


def rates(name: str, dice: random.Random) -> float | None:
    """The learning rate; None for any."""
    if name == "tiny rate":
        return math.pow(10.0, dice.uniform(-9.0, -5.0))
    return dice.choice((0.01, 0.05)) if name in CALM else None


def is_solved(name: str, dice: random.Random) -> bool:
    """Whether the best v and c are asked for before training."""
    return name in CALM and name != "close kinks" and dice.random() < 0.8


def steps(name: str, dice: random.Random) -> int:
    """How many steps bring training to rest."""
    return 3000 if name == "close kinks" else dice.choice((300, 600, 1500))


def start(name: str, dice: random.Random, units: int, x: list[float]) -> list[Unit]:
    """The units; none for any."""
    low, high = min(x), max(x)
    width = high - low or 1.0
    beyond = high + width * dice.uniform(0.05, 1.0)
    each = [(dice.choice((-1.0, 1.0)) * dice.uniform(0.3, 2.0), dice.gauss(0.0, 1.0)) for _ in range(units)]
    match name:
        case "dead":
            off = dice.randint(1, units)
            kinks = [beyond] * off + [dice.uniform(low, high) for _ in range(units - off)]
            return [(abs(w), -abs(w) * kink, v) for kink, (w, v) in zip(kinks, each)]
        case "zero":
            zeros = dice.randint(1, units)
            zero = [(0.0, 0.0, dice.choice((0.0, 1.0, v))) for _, v in each]
            return zero[:zeros] + [(w, -w * low, v) for w, v in each[zeros:]]
        case "saddle":
            return [(0.0, dice.choice((0.0, v)) if units > 1 else 0.0, 0.0) for _, v in each]
        case "twins":
            w, kink = dice.choice((-1.0, 1.0)) * dice.uniform(0.5, 2.0), dice.uniform(-0.1, 0.3)
            alike = [(w, -w * kink, 1.0 / abs(w))] * dice.choice((2, 2, 3))
            return [*alike, (1.0, 1.0 - low, -1.0)]
        case "gap":
            a, b = max(pairwise(sorted(x)), key=lambda pair: pair[1] - pair[0])
            return [(w, -w * dice.uniform(a, b), v) for w, v in each]
        case "one kink":
            return [(w, 0.0, v) for w, v in (each[0], *each)]
        case "close kinks":  # of which training takes long to find the v
            at, apart = dice.uniform(low, high), width * 10.0 ** dice.uniform(-6.0, -2.0)
            return [(1.0, -at - place * apart, 0.0) for place in range(dice.choice((2, 3, 4, 5)))]
        case "small":
            size = 10.0 ** dice.uniform(-7.0, -3.0)
            return [(size * w, size * dice.gauss(0.0, 1.0), size * v) for w, v in each]
        case "parked":
            w, v = each[0]
            edge = (abs(w), -abs(w) * (high - width * 10.0 ** dice.uniform(-9.0, -2.5)), 1e-6 * v)
            return [edge, *((w, -w * dice.uniform(low, high), v) for w, v in each[1:])]
    return []
