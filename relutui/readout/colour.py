"""The ANSI colours (0 to 15) of the target and the units, the same on every screen."""

TARGET_COLOUR = 2
UNIT_COLOURS = (6, 3, 5, 1, 4, 14, 11, 13, 10, 9, 12)  # without the target's


def colour_of(unit: int) -> int:
    """The ANSI colour of a unit; colours repeat after len(UNIT_COLOURS) units."""
    return UNIT_COLOURS[unit % len(UNIT_COLOURS)]
