"""What stands in the place of a panel or view that a network has none of."""

from typing import NamedTuple


class Unshown(NamedTuple):
    """Why there is nothing to show, in a line."""

    why: str
