"""The colours, of the 16 of a terminal, that mean the same everywhere: chart, strips, table, walk, gallery."""

TARGET_COLOUR = 2
UNIT_COLOURS = (6, 3, 5, 1, 4, 14, 11, 13, 10, 9, 12)  # never the target's


def colour_of(unit: int) -> int:
    """The terminal colour of a unit."""
    return UNIT_COLOURS[unit % len(UNIT_COLOURS)]
