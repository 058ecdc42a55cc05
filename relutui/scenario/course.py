"""The course: the shipped scenarios in chapters, in the order in which they are learned, and the words that each introduces."""

from typing import Literal, NamedTuple, get_args

# What the screen shows only once its chapter has come: a column, a curve, a mark or a panel, and the words for it.
Word = Literal["probe", "on", "best", "side", "training", "state", "push", "activation"]
EVERY_WORD: frozenset[Word] = frozenset(get_args(Word))


class Chapter(NamedTuple):
    """A chapter: its title, the names of its scenarios in their order, and the words that it introduces."""

    title: str
    scenarios: tuple[str, ...]
    words: tuple[Word, ...] = ()


COURSE = (
    Chapter("One unit", ("one-unit", "one-unit-kink")),
    Chapter("Two add up", ("two-units", "shifted-1", "shifted-2", "shifted-weighted", "shifted-3"), ("probe", "on")),
    Chapter("The exercise", ("lab-half", "lab", "lab-mistake"), ("best",)),
    Chapter("Flat on the other side, falling", ("flat-right", "falling", "hat", "four-relus"), ("side",)),
    Chapter(
        "More units", ("lab-solved", "lab-two-units", "lab-two-units-free", "two-units-overlap", "shifted-100", "trained-100")
    ),
    Chapter(
        "Training finds it, or not",
        ("lab-free", "two-valleys", "lab-zero-start", "sine", "sawtooth", "step"),
        ("training", "state", "push"),
    ),
    Chapter(
        "The published networks",
        (
            *("parabola", "parabola-two-left", "dosage-relu", "dosage-output-bias"),
            *("textbook-regions", "textbook-zigzag", "small-start", "active-kinks", "lazy-kinks"),
        ),
    ),
    Chapter("Other activations", ("activations", "chord", "dosage-softplus"), ("activation",)),
    Chapter("A second layer", ("folds", "teeth", "deep-square", "born-dead", "deep-abs")),
    Chapter("Your own data", ("measured",)),
)

ORDER = tuple(name for chapter in COURSE for name in chapter.scenarios)


def scenario_after(name: str) -> str | None:
    """Return the scenario of the course that follows one; None after the last, and for one outside the course."""
    following = ORDER[ORDER.index(name) + 1 :] if name in ORDER else ()
    return following[0] if following else None


def words_of(name: str) -> frozenset[Word]:
    """Return the words of the chapter of a scenario and of all chapters before it; every word outside the course."""
    words: set[Word] = set()
    for chapter in COURSE:
        words.update(chapter.words)
        if name in chapter.scenarios:
            return frozenset(words)
    return EVERY_WORD
