"""The part of plotext that is not public: the C++ kernel that draws joined points in braille.

Checked against plotext 6.1.0, which pyproject.toml pins; a test compares the declarations below with plotext's own.

Why the public API does not do: `import plotext` takes 0.8 s, most of it for documentation that the package composes of itself,
and `figure.build()` draws rulers, copies markers and counts colours, with which a chart takes many times as long.
What would replace this file: a plotext whose import is cheap and whose `matrix` takes a signal without a figure around it.
"""

import ctypes
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path as FilePath

from relutui.plot.clipping import Path

_POINTER, _SIZE, _FLOAT, _BOOL = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_double, ctypes.c_bool
SIGNATURES: dict[str, tuple[type | None, tuple[type, ...]]] = {  # of the kernel's functions: the result and the arguments
    "pixel_new": (_POINTER, ()),
    "pixel_set_fullground_integer": (None, (_POINTER, _SIZE)),
    "marker_new_braille": (_POINTER, (_POINTER,)),
    "matrix_new": (_POINTER, (_SIZE, _SIZE, _POINTER)),
    "matrix_insert_points": (None, (_POINTER, _POINTER)),
    "matrix_get_wstring": (_POINTER, (_POINTER, _BOOL)),
    "matrix_delete": (None, (_POINTER,)),
    "signal_new": (_POINTER, (_SIZE,)),
    "signal_append_point": (None, (_POINTER, _FLOAT, _FLOAT, _POINTER)),
    "signal_set_connected": (None, (_POINTER, _SIZE, _BOOL)),
    "signal_plot": (None, (_POINTER,)),
    "signal_get_points": (_POINTER, (_POINTER,)),
    "signal_delete": (None, (_POINTER,)),
    "points_delete": (None, (_POINTER,)),
    "wstring_delete": (None, (_POINTER,)),
}


def rasterize(paths: Iterable[tuple[int, Path]], width: int, height: int) -> str:
    """Draw paths, each with a colour from 1 to 255, on width x height cells: rows of text with the escape codes of the colours.

    These are the steps by which plotext's figure draws a signal. The kernel trusts its input: paths must have been clipped.
    """
    kernel = load_kernel()
    with ExitStack() as cleanup:
        matrix = kernel.matrix_new(width, height, _blank())
        cleanup.callback(kernel.matrix_delete, matrix)
        for colour, path in paths:
            signal = kernel.signal_new(len(path.joined))
            cleanup.callback(kernel.signal_delete, signal)
            marker = _marker(colour)
            for x, y in path.points.tolist():
                kernel.signal_append_point(signal, x, y, marker)
            for index in path.joined.nonzero()[0].tolist():
                kernel.signal_set_connected(signal, index, True)
            kernel.signal_plot(signal)
            points = kernel.signal_get_points(signal)
            cleanup.callback(kernel.points_delete, points)
            kernel.matrix_insert_points(matrix, points)
        text = kernel.matrix_get_wstring(matrix, False)
        cleanup.callback(kernel.wstring_delete, text)
        return ctypes.wstring_at(text)


@cache
def load_kernel() -> ctypes.CDLL:
    """Return the kernel that plotext ships, loaded without importing plotext; raise ImportError if plotext is not installed."""
    spec = find_spec("plotext")
    if spec is None or spec.origin is None:
        raise ImportError("plotext is not installed: expected plotext 6.1.0")
    kernel = ctypes.CDLL(str(FilePath(spec.origin).parent / "_kernel" / "cpp" / "kernel.so"))
    for name, (result, arguments) in SIGNATURES.items():
        function = getattr(kernel, name)
        function.restype, function.argtypes = result, arguments
    return kernel


@cache
def _blank() -> int:
    """Return the kernel's pixel without a colour, of which a matrix takes copies."""
    pixel: int = load_kernel().pixel_new()
    return pixel


@cache
def _marker(colour: int) -> int:
    """Return the kernel's braille marker in a colour; it is kept for the life of the process."""
    kernel = load_kernel()
    pixel = kernel.pixel_new()
    kernel.pixel_set_fullground_integer(pixel, colour)
    marker: int = kernel.marker_new_braille(pixel)
    return marker
