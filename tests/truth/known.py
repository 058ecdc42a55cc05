"""Faults that are known and not mended yet, each with its reason; the list is to be empty."""

import re
from typing import NamedTuple

from tests.truth.registry import Fault


class Known(NamedTuple):
    """A kind of fault: its family, what the oracle says of it, and why it is still there."""

    family: str
    truth: str  # a regular expression
    reason: str


KNOWN: tuple[Known, ...] = ()


def is_known(fault: Fault) -> bool:
    """Whether a fault is of a known kind."""
    return any(known.family == fault.family and re.search(known.truth, fault.truth) for known in KNOWN)
