"""Arrays in HDF5 files, which anyone may have made: those that are in the file itself, few and small."""

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from relutui.exchange.named_arrays import MAX_ARRAYS
from relutui.exchange.problem import ExchangeError, needing
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value

if TYPE_CHECKING:
    from h5py import Dataset, Group

MAX_GROUPS = 200
MAX_DEPTH = 8
MAX_NUMBERS = 100_000  # of one array
MAX_TEXT_BYTES = 100_000
LEFT_OUT = ("optimizer", "optimizer_weights")  # groups of Keras that are not of the network


class Hdf5(dict[str, Array]):
    """The arrays of a file by their paths; text: one that is an attribute of the file."""

    text = ""


def read_hdf5(content: bytes, ending: str, attribute: str) -> Hdf5:
    """Read the arrays of a file, and one of its attributes.  Raises ExchangeError.

    Nothing is read that lies in another file, in chunks, which may be compressed without a bound, or behind a link.
    """
    with needing(ending):
        import h5py
    found = Hdf5()
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            if attribute in file.attrs:
                found.text = _text(file, attribute)
            _collect(file, "", found, [MAX_GROUPS])
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise ExchangeError(f"no HDF5 file that can be read: {str(error)[:80]}") from None
    return found


def _text(file: Any, attribute: str) -> str:
    import h5py

    known = h5py.h5a.open(file.id, attribute.encode())
    if known.shape != () or known.get_storage_size() > MAX_TEXT_BYTES:
        raise ExchangeError(f"expected a text as {attribute}, found something else")
    value = file.attrs[attribute]
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _collect(group: "Group", path: str, found: Hdf5, left: list[int], depth: int = 0) -> None:
    """Add the arrays of a group and of those in it; left: how many groups may still follow."""
    import h5py

    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH or len(found) > MAX_ARRAYS or len(group) > MAX_GROUPS:
        raise ExchangeError("expected a network 1 -> n -> 1, found a file of many arrays")
    for name in group:
        if name in LEFT_OUT and not path:
            continue
        place = f"{path}/{name}" if path else name
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ExchangeError(f"{quote_value(place)} in it is a link, which is not followed")
        member = group[name]
        if isinstance(member, h5py.Group):
            _collect(member, place, found, left, depth + 1)
        elif isinstance(member, h5py.Dataset):
            found[place] = _array(member, place)


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
