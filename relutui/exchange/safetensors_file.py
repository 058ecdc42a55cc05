"""Files of tensors with the names that PyTorch gives to those of nn.Sequential(Linear, activation, Linear, ...)."""

import json
from typing import Any

import numpy as np

from relutui.exchange.exported import Exported
from relutui.exchange.named_arrays import MAX_ARRAYS, state_dict
from relutui.exchange.problem import ExchangeError, needing
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value
from relutui.model.scale import Units

MAX_HEADER_BYTES = 100_000  # of names and shapes; the library makes a hundred times as much of some
_FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
ACTIVATIONS_KEY = "relutui"  # a single entry: the library writes several in an order of its own each time


def safetensors_of(taken: Exported) -> bytes:
    """Return the file, in float64.  Raises ExchangeError without the library, or if y is scaled after the output."""
    with needing("a .safetensors"):
        from safetensors.numpy import save
    if taken.after != Units():
        after = f"the scale of y after the output activation {taken.network.output_activation}"
        raise ExchangeError(f"tensors have no place for {after}; .py, .npz and .onnx have")
    tensors = state_dict(taken.layers)
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}  # as the library takes them to be
    return bytes(save(contiguous, {ACTIVATIONS_KEY: json.dumps(taken.activations)}))


def tensors_of(content: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """Return the tensors of a file, as float64, and its activations if relutui wrote it.  Raises ExchangeError."""
    with needing("a .safetensors"):
        from safetensors import SafetensorError, deserialize
    if MAX_HEADER_BYTES < int.from_bytes(content[:8], "little") < len(content):
        size = f"{MAX_HEADER_BYTES // 1000} kB"
        raise ExchangeError(f"expected a network 1 -> n -> 1, found names and shapes of more than {size}")
    try:
        found: list[tuple[str, dict[str, Any]]] = deserialize(content)
    except SafetensorError as error:
        raise ExchangeError(f"no safetensors file: {str(error)[:80]}") from None
    if len(found) > MAX_ARRAYS:
        raise ExchangeError(f"expected a network 1 -> n -> 1, found {len(found)} tensors")
    tensors = {name: _numbers(name, **tensor) for name, tensor in found}
    return tensors, _activations(content)


def _numbers(name: str, dtype: str, shape: list[int], data: bytes) -> Array:
    if dtype == "BF16":  # the upper half of a float32, which numpy does not know
        return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").reshape(shape).astype(np.float64)
    if dtype not in _FLOATS:
        raise ExchangeError(f"expected floating-point numbers, found {quote_value(name)}: {quote_value(dtype)}")
    return np.frombuffer(data, _FLOATS[dtype]).reshape(shape).astype(np.float64)


def _activations(content: bytes) -> dict[str, str]:
    """The activations that safetensors_of has put into the header, which the library has found to be JSON."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    try:
        values = json.loads(header["__metadata__"][ACTIVATIONS_KEY])
        return {key: str(values[key]) for key in ("activation", "output_activation")}
    except (KeyError, ValueError, TypeError, RecursionError):
        return {}
