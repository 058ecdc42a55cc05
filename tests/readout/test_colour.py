from relutui.readout.colour import TARGET_COLOUR, colour_of


def test_no_unit_has_the_colour_of_the_target() -> None:
    assert TARGET_COLOUR not in {colour_of(unit) for unit in range(100)}


def test_neighbours_differ() -> None:
    colours = [colour_of(unit) for unit in range(100)]
    assert all(len(set(colours[unit : unit + 8])) == 8 for unit in range(93))
