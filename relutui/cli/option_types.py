"""What the values of options are, each a function from a text to a value that raises ArgumentTypeError."""

import argparse
import re
from math import isfinite
from urllib.parse import urlsplit

from relutui.lib.number_text import read_number
from relutui.lib.safe_text import did_you_mean
from relutui.model.initialization import SCHEMES
from relutui.model.training import OPTIMIZERS
from relutui.scenario.scenario import MAX_LAYER_UNITS, MAX_LAYERS, MAX_SCALE, MAX_UNITS, MAX_WEIGHT_DECAY, Units
from relutui.scenario.target import MAX_POINTS

MAX_PORT = 65535


def count(text: str) -> int:
    """A whole number."""
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise argparse.ArgumentTypeError(f'expected a whole number, got "{text}"')
    return int(text)


def positive_count(text: str) -> int:
    """A whole number of at least 1."""
    if (number := count(text)) == 0:
        raise argparse.ArgumentTypeError("expected at least 1")
    return number


def port(text: str) -> int:
    """The number of a port."""
    if not 1 <= (number := count(text)) <= MAX_PORT:
        raise argparse.ArgumentTypeError(f'expected a port from 1 to {MAX_PORT}, got "{text}"')
    return number


def public_url(text: str) -> str:
    """The address of a folder of the web, by https or http, with a / at its end."""
    try:
        parts = urlsplit(text)
        complete = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        complete = False
    if not complete or parts.query or parts.fragment or not (text.isascii() and text.isprintable() and " " not in text):
        raise argparse.ArgumentTypeError(f'expected an address such as https://example.org/relutui/, got "{text}"')
    return text if text.endswith("/") else f"{text}/"


def unit_count(text: str) -> int:
    """A number of units."""
    if (number := positive_count(text)) > MAX_UNITS:
        raise argparse.ArgumentTypeError(f'expected at most {MAX_UNITS}, got "{text}"')
    return number


def layer_counts(text: str) -> Units:
    """A number of units, or those of each hidden layer: 8, or 8,8 or 8x8."""
    counts = tuple(map(unit_count, text.replace("x", ",").split(",")))
    if len(counts) > MAX_LAYERS:
        raise argparse.ArgumentTypeError(f'expected at most {MAX_LAYERS} hidden layers, got "{text}"')
    if len(counts) > 1 and max(counts) > MAX_LAYER_UNITS:
        raise argparse.ArgumentTypeError(
            f'expected at most {MAX_LAYER_UNITS} units in each of several hidden layers, got "{text}"'
        )
    return counts if len(counts) > 1 else counts[0]


def unit_counts(text: str) -> tuple[int | str, ...]:
    """Numbers of units, 3 or 2,4,6 or 1..10, ascending and distinct; or also 8x8 of several layers, in the order given."""
    if "x" in text:
        several = map(layer_counts, text.split(","))
        return tuple(dict.fromkeys(each if isinstance(each, int) else "x".join(map(str, each)) for each in several))
    first, dots, last = text.partition("..")
    counts = range(count(first), count(last) + 1) if dots else sorted({count(part) for part in text.split(",")})
    if not counts or counts[0] < 1 or counts[-1] > MAX_UNITS:
        raise argparse.ArgumentTypeError(f'expected numbers from 1 to {MAX_UNITS} such as 3, 2,4,6 or 1..10, got "{text}"')
    return tuple(counts)


def number(text: str) -> float:
    """A finite number."""
    value = read_number(text)
    if value is None or not isfinite(value):
        raise argparse.ArgumentTypeError(f'expected a number, got "{text}"')
    return value


def positive(text: str) -> float:
    """A finite number above 0."""
    number = read_number(text)
    if number is None or not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f'expected a number above 0, got "{text}"')
    return number


def learning_rate(text: str) -> float | str:
    """A number above 0, or auto."""
    return text if text == "auto" else positive(text)


def momentum(text: str) -> float:
    """A number of 0 or more, below 1."""
    number = read_number(text)
    if number is None or not 0.0 <= number < 1.0:
        raise argparse.ArgumentTypeError(f'expected a number of 0 or more, below 1, got "{text}"')
    return number


def optimizer(text: str) -> str:
    """The name of an optimizer."""
    return _one_of(OPTIMIZERS, text)


def scheme(text: str) -> str:
    """The name of a scheme of random starts."""
    return _one_of(SCHEMES, text)


def scale(text: str) -> float:
    """The scale of random starts."""
    number = read_number(text)
    if number is None or not 0.0 <= number <= MAX_SCALE:
        raise argparse.ArgumentTypeError(f'expected a number from 0 to {MAX_SCALE:g}, got "{text}"')
    return number


def weight_decay(text: str) -> float:
    """A weight decay."""
    number = read_number(text)
    if number is None or not 0.0 <= number <= MAX_WEIGHT_DECAY:
        raise argparse.ArgumentTypeError(f'expected a number from 0 to {MAX_WEIGHT_DECAY:g}, got "{text}"')
    return number


def batch_size(text: str) -> int:
    """A number of points of a minibatch."""
    if not 1 <= (number := count(text)) <= MAX_POINTS:
        raise argparse.ArgumentTypeError(f'expected a whole number from 1 to {MAX_POINTS:,}, got "{text}"')
    return number


def batch(text: str) -> int | str:
    """A number of points of a minibatch, or all."""
    return text if text == "all" else batch_size(text)


def interval(text: str) -> tuple[float, float]:
    """Two finite numbers, the lower one first, as in -1,2.5."""
    low, high = (read_number(part) for part in (*text.split(",", 1), "")[:2])
    if low is None or high is None or not -float("inf") < low < high < float("inf"):
        raise argparse.ArgumentTypeError(f'expected two numbers such as -1,2.5, got "{text}"')
    return low, high


def size(text: str) -> tuple[int, int]:
    """The columns and rows of a terminal, as in 120x36."""
    found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text, re.ASCII)
    width, height = map(int, found.groups()) if found else (0, 0)
    if not (1 <= width <= 1000 and 1 <= height <= 1000):
        raise argparse.ArgumentTypeError(f'expected columns and rows such as 120x36, got "{text}"')
    return width, height


def _one_of(names: tuple[str, ...], text: str) -> str:
    if text not in names:
        raise argparse.ArgumentTypeError(f'expected one of {", ".join(names)}, got "{text}"{did_you_mean(text, names)}')
    return text
