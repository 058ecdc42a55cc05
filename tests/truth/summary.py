"""The table of families at the end of a long run: how often each was checked, and how many sentences were not so."""

from collections import Counter
from collections.abc import Iterable, Iterator

PROPERTY = "families of sentences"  # of a test's report: family -> (checked, known faults, other faults)

Table = dict[str, tuple[int, int, int]]


def lines(tables: Iterable[Table]) -> Iterator[str]:
    """Yield the lines of the sum of some tables; nothing without any."""
    checked: Counter[str] = Counter()
    known: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for table in tables:
        for name, (count, expected, found) in table.items():
            checked[name] += count
            known[name] += expected
            others[name] += found
    if not checked:
        return
    yield f"{'family':<44}{'checked':>12}{'known':>8}{'faults':>8}"
    for name in sorted(checked):
        yield f"{name:<44}{checked[name]:>12,}{known[name]:>8,}{others[name]:>8,}"
    yield f"{f'{len(checked)} families':<44}{checked.total():>12,}{known.total():>8,}{others.total():>8,}"
