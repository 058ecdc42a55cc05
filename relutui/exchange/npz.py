"""Files of arrays, as numpy writes them."""

import io
import math
from typing import Any

import numpy as np
from numpy.lib import format as npy

from relutui.exchange.archive import members_of
from relutui.exchange.exported import Exported
from relutui.exchange.named_arrays import state_dict
from relutui.exchange.problem import ExchangeError
from relutui.lib.arrays import Array, quiet
from relutui.lib.safe_text import quote_value
from relutui.model.scale import Units

MAX_UNPACKED_BYTES = 8_000_000  # x, y and prediction of 100,000 points are 2.4 MB
MAX_TEXT = 200  # characters: the names of ten activations are 120 at most
MAX_HEADER = 1000  # characters of the header of an array: more are no shape of a layer


def npz_of(taken: Exported) -> bytes:
    """Return the file: w, b, v, c, the names of the activations, x, y, prediction, and y_shift and y_width if they count.

    Of several hidden layers it has, in the place of w, b, v and c, the weight and the bias of each, as a state dict of PyTorch.
    """
    p, data = taken.parameters, taken.dataset
    values: dict[str, Any] = state_dict(taken.layers) if p.deeper else {"w": p.w, "b": p.b, "v": p.v, "c": np.float64(p.c)}
    values |= {name: np.str_(text) for name, text in taken.activations.items()}
    values |= {"x": data.x, "y": data.y, "prediction": taken.prediction(data.x)}
    if taken.after != Units():
        values |= {"y_shift": taken.after.shift, "y_width": taken.after.width}
    file = io.BytesIO()
    np.savez(file, **values)
    return file.getvalue()


@quiet
def arrays_of(content: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """Return the arrays of numbers, as float64, and the texts of a file by their names.  Raises ExchangeError.

    Pickles, which an array of objects is, are never read.
    """
    arrays, texts = dict[str, Array](), dict[str, str]()
    for member, raw in members_of(content, MAX_UNPACKED_BYTES).items():
        name = member.removesuffix(".npy")
        array = _array(name, raw)
        if array.dtype.kind == "U":
            texts[name] = str(array)[:MAX_TEXT]
        else:
            arrays[name] = array.astype(np.float64)
    return arrays, texts


def _array(name: str, raw: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """The array of a file within the archive, whose header must say no more than there is."""
    file = io.BytesIO(raw)
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, in_columns, dtype = read(file, max_header_size=MAX_HEADER)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError, EOFError):
        raise ExchangeError(f"{quote_value(name)} in it is no array of numpy") from None
    if dtype.hasobject:
        raise ExchangeError(f"{quote_value(name)} in it is a pickle, which may run code: save arrays of numbers")
    if dtype.kind not in "fiuU":
        raise ExchangeError(f"expected numbers, found {quote_value(name)}: {quote_value(str(dtype))}")
    size = math.prod(shape) * dtype.itemsize
    if len(raw) - file.tell() != size or not all(side >= 0 for side in shape):
        raise ExchangeError(f"{quote_value(name)} in it has {len(raw) - file.tell():,} bytes, its header says {size:,}")
    return np.frombuffer(raw, dtype, offset=file.tell()).reshape(shape, order="F" if in_columns else "C")
