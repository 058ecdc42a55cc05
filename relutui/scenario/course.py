"""The course: the shipped scenarios in chapters, in the order in which they are learned."""

from typing import NamedTuple


class Chapter(NamedTuple):
    """A chapter: its title, and the names of its scenarios in their order."""

    title: str
    scenarios: tuple[str, ...]


COURSE = (
    Chapter("One unit", ("one-unit", "one-unit-kink")),
    Chapter("Two add up", ("two-units", "shifted-1", "shifted-2", "shifted-weighted", "shifted-3")),
    Chapter("The exercise", ("lab-half", "lab", "lab-mistake")),
    Chapter("Flat on the other side, falling", ("flat-right", "falling", "hat", "four-relus")),
    Chapter("More units", ("lab-two-units", "lab-two-units-free", "two-units-overlap", "shifted-100", "trained-100")),
    Chapter("Training finds it, or not", ("two-valleys", "lab-free", "lab-zero-start", "sine", "sawtooth", "step")),
    Chapter("The published networks", ("parabola", "parabola-two-left", "dosage-relu", "dosage-output-bias")),
    Chapter("Other activations", ("activations", "chord", "dosage-softplus")),
    Chapter("Your own data", ("measured",)),
)

ORDER = tuple(name for chapter in COURSE for name in chapter.scenarios)


def scenario_after(name: str) -> str | None:
    """Return the scenario of the course that follows one; None after the last, and for one outside the course."""
    following = ORDER[ORDER.index(name) + 1 :] if name in ORDER else ()
    return following[0] if following else None
