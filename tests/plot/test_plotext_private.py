"""What is taken from plotext's kernel is what plotext itself declares, and its figures stay as they are."""

import ctypes
import re
import subprocess
import sys

import numpy as np
import pytest
from plotext._kernel.clink import clink

from relutui.plot.clipping import Path
from relutui.plot.plotext_private import SIGNATURES, rasterize
from tests.support.waiting import LIMIT

POINTERS = ctypes.c_void_p, ctypes.c_wchar_p, ctypes.POINTER(ctypes.c_wchar)


def plain(kind: type | None) -> type | None:
    """The same for all kinds of pointers."""
    return ctypes.c_void_p if kind in POINTERS else kind


@pytest.mark.parametrize("name", SIGNATURES)
def test_functions_are_declared_as_plotext_declares_them(name: str) -> None:
    result, arguments = SIGNATURES[name]
    theirs = getattr(clink, name)
    assert [*map(plain, theirs.argtypes)] == [*map(plain, arguments)]
    assert plain(theirs.restype) == ctypes.c_void_p  # which plotext writes for "nothing" too
    assert plain(result) in (None, ctypes.c_void_p)


def test_a_line_through_two_rows_is_drawn_in_its_colour() -> None:
    path = Path(np.array([[0.0, 0.0], [1.99, 1.99]]), np.array([False, True]))
    rows = re.sub(r"\x1b\[0m", "", rasterize([(3, path)], 2, 2))
    # Two dots down for each dot across: in each cell the upper two on the left and the lower two on the right.
    assert rows == "\x1b[38;5;3m⢣ \n \x1b[38;5;3m⢣\n"


def test_plotext_is_whole_after_a_chart() -> None:
    code = """
import numpy as np
from relutui.plot.clipping import Path
from relutui.plot.plotext_private import rasterize
path = Path(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([False, True]))
before = rasterize([(1, path)], 4, 4)
import plotext
assert plotext.figure and plotext.doc
assert rasterize([(1, path)], 4, 4) == before
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LIMIT)
