"""A network of two hidden layers, of three units and two, from a file."""

from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session

DEEP = """
title = "Two on three"
summary = "Three units, and two on them."
[target]
points = [[0, 1], [1, 0], [2, 3]]
[[layer]]
w = [[1], [-2], [3]]
b = [0.5, 1, -1]
lock = ["w[0]"]
[[layer]]
w = [[1, 2, 3], [4, 5, 6]]
b = [-1, 0]
lock = ["w[1][2]"]
[[layer]]
w = [[7, 8]]
b = [9]
"""


def open_deep(text: str = DEEP) -> Session:
    """The session in which the scenario of a text begins."""
    return open_session(parse(text, "deep", None))
