"""Texts along the x axis: each within its span, beside it if that is too narrow, or only some if there are too many."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

SAMPLE_SPACING_CELLS = 12  # columns from one text to the next, where only a few are written
CROWDED_SPAN_CELLS = 4  # columns a stretch; neighbours with fewer are too many to write each one's text

Span = tuple[int, int]  # the first column, and the one after the last
Label = tuple[str, int]  # a text and its first column


def labels(texts: Sequence[str], spans: Sequence[Span], pad: str = "") -> tuple[list[Label], list[Span]]:
    """Return the labels of neighbouring spans, each text with pad around it, and the extents of crowded groups.

    Where a text does not fit, its last word may stand for it, or the nearest free span takes it.
    """
    found: list[Label] = []
    crowds: list[Span] = []
    taken: set[int] = set()  # free spans that have the text of a neighbour
    for group in _groups(texts, spans, pad):
        first, end = spans[group[0]][0], spans[group[-1]][1]
        if len(group) == 1 and (words := _shortened(texts[group[0]], end - first, pad)):
            found.append((words, first + (end - first - len(words)) // 2))
        elif SAMPLE_SPACING_CELLS <= end - first <= CROWDED_SPAN_CELLS * len(group):
            found += _sampled_labels(texts, spans, group, pad)
            crowds.append((first, end))
        else:
            found += _labels_beside(texts, spans, group, pad, taken)
    return found, crowds


def _groups(texts: Sequence[str], spans: Sequence[Span], pad: str) -> Iterator[list[int]]:
    """Yield the spans with a text: one by one where it fits, neighbours together where it does not."""
    group: list[int] = []
    for i, (text, (first, end)) in enumerate(zip(texts, spans)):
        if text and not _shortened(text, end - first, pad):
            group.append(i)
            continue
        if group:
            yield group
            group = []
        if text:
            yield [i]
    if group:
        yield group


def _shortened(text: str, width: int, pad: str) -> str:
    """Return the text or its last word, padded, if the span stays visible by the width of the pad on either side; else ""."""
    around = (f"{pad}{words}{pad}" for words in (text, text.rsplit(" ", 1)[-1]))
    return next((words for words in around if len(words) + 2 * len(pad) <= width), "")


def _sampled_labels(texts: Sequence[str], spans: Sequence[Span], group: list[int], pad: str) -> Iterator[Label]:
    first, end = spans[group[0]][0], spans[group[-1]][1]
    count = (end - first) // SAMPLE_SPACING_CELLS
    for number in range(count):
        middle = first + (end - first) * (2 * number + 1) // (2 * count)
        nearest = next(i for i in group if middle < spans[i][1])
        words = _shortened(texts[nearest], SAMPLE_SPACING_CELLS, pad)
        yield words, middle - len(words) // 2


def _labels_beside(texts: Sequence[str], spans: Sequence[Span], group: list[int], pad: str, taken: set[int]) -> Iterator[Label]:
    """Yield the last of a group in the nearest free span on its right, and the first remaining in the nearest on its left."""
    after = takewhile(lambda i: not texts[i], range(group[-1] + 1, len(texts)))
    before = takewhile(lambda i: not texts[i], range(group[0] - 1, -1, -1))
    if fitting := _first_free_span(texts[group[-1]], spans, after, pad, taken):
        words, (first, _) = fitting
        yield words, first
        group = group[:-1]
    if group and (fitting := _first_free_span(texts[group[0]], spans, before, pad, taken)):
        words, (_, end) = fitting
        yield words, end - len(words)


def _first_free_span(
    text: str, spans: Sequence[Span], free: Iterable[int], pad: str, taken: set[int]
) -> tuple[str, Span] | None:
    """Take the first free span that has room for the text, or for its last word; return the words and the span."""
    for i in free:
        first, end = spans[i]
        if i not in taken and (words := _shortened(text, end - first, pad)):
            taken.add(i)
            return words, spans[i]
    return None
