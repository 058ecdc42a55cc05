"""Arrays in a temporary file: the memory that they take does not grow with their length."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Generic, TypeVar
from weakref import finalize

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 131_072  # numbers of an array that are in memory at once

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, eq=False)
class FileArray(Generic[Number]):
    """A one-dimensional array in a file without a name, from the number `first` of the file on.

    As in numpy a slice is a view, of a step of 1; np.asarray reads a view.
    """

    _file: "_File"
    dtype: np.dtype[Number]
    _first: int
    _length: int

    @classmethod
    def zeros(cls, length: int, dtype: type[Number] | np.dtype[Number]) -> "FileArray[Number]":
        """An array of zeros in a file of its own, which takes room as others are written over them.  Raises OSError."""
        kind = np.dtype(dtype)
        return cls(_File(length * kind.itemsize), kind, 0, length)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> "FileArray[Number]":
        first, last, _ = part.indices(len(self))
        return FileArray(self._file, self.dtype, self._first + first, max(last - first, 0))

    def __setitem__(self, part: slice, values: ArrayLike) -> None:
        """Write as many numbers as the slice has.  Raises OSError."""
        view = self[part]
        written = np.broadcast_to(np.asarray(values, self.dtype), len(view)).tobytes()
        self._file.write(written, view._first * self.dtype.itemsize)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        size = self.dtype.itemsize
        return np.frombuffer(self._file.read(len(self) * size, self._first * size), self.dtype).astype(dtype or self.dtype)


Numbers = NDArray[Number] | FileArray[Number]


def blocks(numbers: Numbers[Number]) -> Iterator[NDArray[Number]]:
    """Read an array block by block."""
    for first in range(0, len(numbers), BLOCK):
        yield np.asarray(numbers[first : first + BLOCK])


def joined(parts: Sequence[Numbers[Number]]) -> Numbers[Number]:
    """Arrays one after the other, copied in memory if they lie there, else in a file.  Raises OSError."""
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    whole, place = FileArray.zeros(sum(map(len, parts)), parts[0].dtype), 0
    for block in chain.from_iterable(map(blocks, parts)):
        whole[place : place + len(block)] = block
        place += len(block)
    return whole


class _File:
    """A temporary file of so many bytes that nobody else sees, and that is gone when no view of it is left."""

    def __init__(self, size: int) -> None:
        with tempfile.TemporaryFile(buffering=0) as file:
            self._descriptor = os.dup(file.fileno())
        finalize(self, os.close, self._descriptor)
        os.ftruncate(self._descriptor, size)

    def read(self, size: int, offset: int) -> bytes:
        data = os.pread(self._descriptor, size, offset)
        assert len(data) == size
        return data

    def write(self, data: bytes, offset: int) -> None:
        left = memoryview(data)
        try:
            while left:
                written = os.pwrite(self._descriptor, left, offset)
                left, offset = left[written:], offset + written
        except OSError as error:
            error.filename = tempfile.gettempdir()  # the file itself has no name
            raise
