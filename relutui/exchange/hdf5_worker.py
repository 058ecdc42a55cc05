"""A process that reads an HDF5 file, since HDF5 itself can crash on a file that was made to do harm.

The file comes on standard input.  On standard output it answers with a line of JSON and then the numbers, as float64.
"""

import io
import json
import sys
from typing import TYPE_CHECKING

import numpy as np

from relutui.exchange.problem import ExchangeError
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value

if TYPE_CHECKING:
    from h5py import Dataset, File, Group

MAX_ARRAYS = 64
MAX_GROUPS = 200
MAX_DEPTH = 8
MAX_NUMBERS = 100_000  # of one array
MAX_TEXT_BYTES = 100_000
MAX_MEMORY_BYTES = 2**30
LEFT_OUT = ("optimizer", "optimizer_weights")  # groups of Keras that are not of the network


def read(content: bytes, attribute: str) -> tuple[dict[str, Array], str]:
    """Return the arrays of a file by their paths, and an attribute that is a text, if there is one.  Raises ExchangeError.

    Nothing is read that lies in another file, in chunks, which may be compressed without a bound, or behind a link.
    """
    import h5py

    arrays: dict[str, Array] = {}
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            text = _text(file, attribute) if attribute in file.attrs else ""
            _collect(file, "", arrays, [MAX_GROUPS], MAX_DEPTH)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise ExchangeError(f"no HDF5 file that can be read: {str(error)[:80]}") from None
    return arrays, text


def _text(file: "File", attribute: str) -> str:
    import h5py

    known = h5py.h5a.open(file.id, attribute.encode())
    if known.shape != () or known.get_storage_size() > MAX_TEXT_BYTES:
        raise ExchangeError(f"expected a text as {attribute}, found something else")
    value = file.attrs[attribute]
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _collect(group: "Group", path: str, arrays: dict[str, Array], groups_left: list[int], depth_left: int) -> None:
    """Add the arrays of a group, and of the groups in it."""
    import h5py

    groups_left[0] -= 1
    if groups_left[0] < 0 or depth_left < 0 or len(arrays) > MAX_ARRAYS or len(group) > MAX_GROUPS:
        raise ExchangeError("expected a network 1 -> n -> 1, found a file of many arrays")
    for name in group:
        if name in LEFT_OUT and not path:
            continue
        place = f"{path}/{name}" if path else name
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ExchangeError(f"{quote_value(place)} in it is a link, which is not followed")
        member = group[name]
        if isinstance(member, h5py.Group):
            _collect(member, place, arrays, groups_left, depth_left - 1)
        elif isinstance(member, h5py.Dataset):
            arrays[place] = _array(member, place)


def _array(dataset: "Dataset", place: str) -> Array:
    if dataset.external or dataset.is_virtual:
        raise ExchangeError(f"{quote_value(place)} is in another file, which is not opened")
    if dataset.dtype.kind != "f" or dataset.shape is None:
        raise ExchangeError(f"expected numbers, found {quote_value(place)}: {quote_value(str(dataset.dtype))}")
    if dataset.size > MAX_NUMBERS:
        shape = " x ".join(map(str, dataset.shape))
        raise ExchangeError(f"expected a network 1 -> n -> 1, found {quote_value(place)}: {shape}")
    if dataset.chunks:
        raise ExchangeError(f"{quote_value(place)} is in chunks, perhaps compressed: save it plainly, as Keras does")
    return np.asarray(dataset[()], np.float64)


def _answer(attribute: str) -> None:
    try:
        arrays, text = read(sys.stdin.buffer.read(), attribute)
    except ExchangeError as error:
        print(json.dumps({"problem": str(error)}))
        return
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": error.name}))
        return
    print(json.dumps({"text": text, "shapes": {name: array.shape for name, array in arrays.items()}}), flush=True)
    for array in arrays.values():
        sys.stdout.buffer.write(array.tobytes())


if __name__ == "__main__":
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such bound
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    _answer(sys.argv[1])
