"""Bringing networks in: a file of another program becomes a scenario whose target is the network's own predictions."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from relutui.exchange import keras_file, onnx_reader
from relutui.exchange.kinds import PICKLES, READ
from relutui.exchange.layers import Layer, network_of
from relutui.exchange.named_arrays import layers_of
from relutui.exchange.npz import arrays_of
from relutui.exchange.problem import ExchangeError
from relutui.exchange.safetensors_file import tensors_of
from relutui.lib.arrays import Array, distinct
from relutui.lib.files import read_regular
from relutui.lib.safe_text import sanitize_line
from relutui.model.composite import Composite, composite
from relutui.model.network import Activation, Network, Parameters
from relutui.model.pieces import kinks
from relutui.model.training import TrainingSettings, free_locks
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
from relutui.scenario.library import ONLY_OF_DATA, find, load_named
from relutui.scenario.scenario import Init, Interval, Scenario, ScenarioError
from relutui.scenario.sections import interval, span
from relutui.scenario.share_string import is_share_string
from relutui.scenario.target import MAX_POINTS, DataError, Point, Target
from relutui.scenario.toml_table import Invalid

MAX_BYTES = 4_000_000
MARGIN = 0.25  # of the range of the kinks, on either side of it
FAR = 10.0  # times the middle distance of the kinks from their middle: those farther away are not shown
SAMPLES = 101
MAX_PIECES = 1000  # of a network of several hidden layers, whose bends are then listed
ANOTHER = "For another: relutui import FILE --activation tanh"
MAX_NAME = 34  # characters of the name of a file in the title


class Given(NamedTuple):
    """What is said of a network by whoever brings it in; None leaves it to the file."""

    activation: Activation | None = None
    output_activation: Activation | None = None
    domain: Interval | None = None


def open_named(
    name: str,
    given: Given = Given(),  # noqa: B008 - it cannot be changed
    choice: CsvChoice = NOTHING_CHOSEN,
) -> Scenario:
    """Open a file of another program, or else what load_named does, with what is chosen of data.  Raises ScenarioError."""
    ending = Path(name).suffix.lower()
    if ending not in (*READ, *PICKLES) or is_share_string(name):
        return load_named(name, choice)
    path = find(name)
    file = sanitize_line(path.name)
    if choice != NOTHING_CHOSEN:
        raise ScenarioError(f"{file}: a network; {ONLY_OF_DATA}")
    try:
        if ending in PICKLES:
            raise ExchangeError("a pickle, which may run code and is never read: save it as safetensors")
        return _scenario(path.stem, file, *_READERS[ending](_bytes(path)), given)
    except (ExchangeError, DataError) as error:
        raise ScenarioError(f"{file}: {error}") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ScenarioError(f"{file}: {(getattr(error, 'strerror', None) or str(error)).lower()}") from None


def _bytes(path: Path) -> bytes:
    content = read_regular(path, MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ExchangeError(f"expected at most {MAX_BYTES // 1_000_000} MB, far more than a network 1 -> n -> 1 has")
    return content


def _scenario(name: str, file: str, layers: list[Layer], points: tuple[Point, ...], given: Given) -> Scenario:
    network, p, assumed = network_of(layers, given.activation, given.output_activation)
    target = _target(network, p, points, given.domain)
    what = f"1 -> {' -> '.join(map(str, p.sizes))} -> 1, {', '.join(dict.fromkeys(network.layer_activations))}"
    intro = f"{file[:MAX_NAME]} names no activation: {network.activation} is taken.\n{ANOTHER}" if assumed else ""
    return Scenario(
        name=sanitize_line(name),
        title=f"The network of {file[:MAX_NAME]}",
        summary=f"{what}; the target is {'its data' if points else 'what it predicts'}.",
        lesson="",
        target=target,
        dataset=target.dataset(),
        domain=target.domain,
        network=network,
        start=p,
        locks=free_locks(p.sizes),
        init=Init(),
        settings=TrainingSettings(),
        exercise=None,
        intro=intro,
    )


def _target(network: Network, p: Parameters, points: tuple[Point, ...], domain: Interval | None) -> Target:
    """The data, or the network's own predictions: by their bends where it is straight between them."""
    own = span(points) if points else _domain(kinks(p))
    try:
        low, high = interval([*(domain or own)])
    except Invalid as error:
        raise ExchangeError(f"domain: {error}") from None
    if points:
        if not low <= own[0] <= own[1] <= high:
            raise ExchangeError(f"domain: expected to hold every x of the data, from {own[0]:g} to {own[1]:g}")
        return Target((low, high), points=points)
    bends = _bends(network, p, (low, high)) if network.straight else None
    x = np.linspace(low, high, SAMPLES) if bends is None else distinct(low, high, bends)
    predicted = tuple(zip(x.tolist(), network.prediction(p, x).tolist()))
    return Target((low, high), points=predicted) if bends is None else Target((low, high), knots=predicted)


def _bends(network: Network, p: Parameters, domain: Interval) -> Array | None:
    """Where the prediction bends inside a domain; None where that is at more places than can be listed."""
    if not p.deeper:
        bends = kinks(p)
        return bends[(bends > domain[0]) & (bends < domain[1])]
    found = composite(network, p, domain)
    return found.kinks[found.bends] if isinstance(found, Composite) and found.pieces <= MAX_PIECES else None


def _domain(kinks: Array) -> Interval:
    """A range around the kinks, but for those far from most of them."""
    known = kinks[np.isfinite(kinks)]
    if not len(known):
        return -1.0, 1.0
    middle = np.median(known)
    distances = np.abs(known - middle)
    near = known[distances <= FAR * max(float(np.median(distances)), 1.0)]
    low, high = span(tuple((float(kink), 0.0) for kink in near))
    return low - MARGIN * (high - low), high + MARGIN * (high - low)


def _read_npz(content: bytes) -> tuple[list[Layer], tuple[Point, ...]]:
    arrays, texts = arrays_of(content)
    arrays.pop("prediction", None)
    if "y_width" in arrays:
        raise ExchangeError("y is scaled after the output activation, which no network without a [target] scale is")
    x, y = arrays.pop("x", None), arrays.pop("y", None)
    points = () if x is None or y is None else _points(x, y)
    if arrays.keys() == {"w", "b", "v", "c"}:
        w, b, v, c = (arrays[name].reshape(-1) for name in ("w", "b", "v", "c"))
        if not (len(w) == len(b) == len(v) and len(c) == 1):
            raise ExchangeError(f"expected w, b and v of one length and one c, found {len(w)}, {len(b)}, {len(v)} and {len(c)}")
        layers = [Layer(w[:, None], b), Layer(v[None, :], c)]
    else:
        layers = layers_of(arrays)
    return _named(layers, texts), points


def _points(x: Array, y: Array) -> tuple[Point, ...]:
    """The data beside a network; each array is a row or a column of numbers."""
    if not all(0 < values.size == max(values.shape, default=1) <= MAX_POINTS for values in (x, y)) or x.size != y.size:
        shapes = " and ".join(" x ".join(map(str, values.shape)) for values in (x, y))
        raise ExchangeError(f"expected as x and y as many numbers each, 1 to {MAX_POINTS}, found {shapes}")
    return tuple(zip(x.ravel().tolist(), y.ravel().tolist()))


def _read_safetensors(content: bytes) -> tuple[list[Layer], tuple[Point, ...]]:
    tensors, texts = tensors_of(content)
    return _named(layers_of(tensors), texts), ()


def _named(layers: list[Layer], texts: dict[str, str]) -> list[Layer]:
    """The layers with the activations that relutui has written, if it has."""
    names = [*texts.get("activation", "").split(","), texts.get("output_activation", "")]
    if len(layers) != len(names):
        return layers
    return [layer._replace(activation=name) for layer, name in zip(layers, names)]


_READERS: dict[str, Callable[[bytes], tuple[list[Layer], tuple[Point, ...]]]] = {
    ".npz": _read_npz,
    ".safetensors": _read_safetensors,
    ".onnx": lambda content: (onnx_reader.layers_of(content), ()),
    ".keras": lambda content: (keras_file.keras_layers(content), ()),
    ".h5": lambda content: (keras_file.h5_layers(content), ()),
}
