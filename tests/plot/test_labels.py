import pytest

from relutui.plot.labels import Label, Span, labels


@pytest.mark.parametrize(
    ("texts", "spans", "expected"),
    [
        (["slope +1"], [(0, 12)], [(" slope +1 ", 1)]),  # in the middle, with a cell of the strip on either side
        (["slope +1"], [(0, 11)], [(" +1 ", 3)]),  # the number alone
        (["slope +1", ""], [(0, 3), (3, 9)], [(" +1 ", 3)]),  # beside it
        (["", "slope +1"], [(0, 20), (20, 23)], [(" slope +1 ", 10)]),
        (["up to +1", "", ""], [(0, 3), (3, 5), (5, 20)], [(" up to +1 ", 5)]),
        (["", "+1", "-1", ""], [(0, 9), (9, 11), (11, 12), (12, 20)], [(" -1 ", 12), (" +1 ", 5)]),
        (["+32", "", "-32"], [(0, 2), (2, 9), (9, 11)], [(" +32 ", 2)]),  # one text in a free stretch
        (["+12345", "+1"], [(0, 3), (3, 20)], [(" +1 ", 9)]),  # nowhere
    ],
)
def test_a_text_stands_in_its_stretch_or_beside_it(texts: list[str], spans: list[Span], expected: list[Label]) -> None:
    assert labels(texts, spans, " ") == (expected, [])


def test_of_too_many_texts_some_are_written() -> None:
    """24 stretches of one column: two texts, of the stretches in the middle of either half."""
    spans = [(column, column + 1) for column in range(24)]
    assert labels([f"+{column}" for column in range(24)], spans) == ([("+6", 5), ("+18", 17)], [(0, 24)])


def test_two_narrow_neighbours_are_not_too_many() -> None:
    assert labels(["-12345", "+12345"], [(0, 6), (7, 12)]) == ([("-12345", 0)], [])
