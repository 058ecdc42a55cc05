"""A unit keeps one colour everywhere: chart, strips, table, walk."""

UNIT_COLOURS = (6, 3, 5, 2, 1, 4, 14, 11, 13, 10, 9, 12)  # of the 16 of a terminal; a unit keeps its own everywhere


def colour_of(unit: int) -> int:
    """The terminal colour of a unit."""
    return UNIT_COLOURS[unit % len(UNIT_COLOURS)]
