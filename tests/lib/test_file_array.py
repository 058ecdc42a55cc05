"""Arrays in a file, against arrays of numpy to which the same was done."""

import errno
import os
import tempfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib import file_array
from relutui.lib.file_array import FileArray, blocks, joined

LENGTH = 40
places = st.integers(0, LENGTH)


@given(st.lists(st.tuples(places, places, st.floats(allow_nan=False)), max_size=8), places, places, places, places)
def test_it_reads_as_what_was_written_and_zeros_elsewhere(
    writes: list[tuple[int, int, float]], first: int, last: int, inner: int, end: int
) -> None:
    stored, expected = FileArray.zeros(LENGTH, np.float64), np.zeros(LENGTH)
    for start, stop, number in writes:
        values = number + np.arange(max(stop - start, 0))
        stored[start:stop] = values
        expected[start:stop] = values
    np.testing.assert_array_equal(stored, expected)
    np.testing.assert_array_equal(stored[first:last][inner:end], expected[first:last][inner:end])
    assert len(stored[first:last]) == len(expected[first:last])


def test_a_view_sees_and_writes_what_the_whole_has_and_keeps_it_alive() -> None:
    stored = FileArray.zeros(9, np.uint8)
    view = stored[3:6]
    stored[:5] = 7
    view[2:] = [200]
    np.testing.assert_array_equal(stored, [7, 7, 7, 7, 7, 200, 0, 0, 0])
    del stored
    np.testing.assert_array_equal(view, [7, 7, 200])


def test_the_file_is_closed_with_its_last_view() -> None:
    stored = FileArray.zeros(9, np.uint8)
    view, descriptor = stored[3:6], stored._file._descriptor
    del stored
    os.fstat(descriptor)
    del view
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_what_does_not_fit_is_refused() -> None:
    stored = FileArray.zeros(9, np.float64)
    with pytest.raises(ValueError, match="broadcast"):
        stored[3:6] = [1.0, 2.0]


def test_blocks_are_all_of_an_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_array, "BLOCK", 4)
    stored = FileArray.zeros(10, np.float64)
    stored[:] = np.arange(10.0)
    for numbers in (stored, np.arange(10.0)):
        assert [block.tolist() for block in blocks(numbers)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_joined_arrays_stay_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_array, "BLOCK", 2)
    stored = FileArray.zeros(10, np.float64)
    stored[:] = np.arange(10.0)
    for numbers in (stored, np.arange(10.0)):
        both = joined([numbers[1:4], numbers[7:9]])
        assert type(both) is type(numbers)
        np.testing.assert_array_equal(both, [1, 2, 3, 7, 8])


def test_a_full_disk_is_named_by_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = FileArray.zeros(9, np.uint8)
    written: list[tuple[bytes, int]] = []

    def pwrite(descriptor: int, data: memoryview, offset: int) -> int:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append((bytes(data), offset))
        return 2

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(OSError, match="No space left") as error:
        stored[4:7] = [1, 2, 3]
    assert written == [(bytes([1, 2, 3]), 4)]
    assert error.value.filename == tempfile.gettempdir()
