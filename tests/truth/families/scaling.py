"""What is wrong with x and y for training, and how to scale them."""

from typing import Any

from tests.truth.oracle import Case
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import Said
from tests.truth.verdicts import claim


@family("message: how to scale the data", "{advice:advice}", where=MESSAGE)
def scale(said: Said, case: Case, _: dict[str, Any]) -> None:
    scale_advice(said["advice"], case)


def scale_advice(text: str, case: Case) -> None:
    """What is wrong with x and y for training, all of it, by the limits that the manual gives."""
    wrong = set()
    for name, values in (("x", case.x), ("y", case.y)):
        low, high = float(values.min()), float(values.max())
        width, farthest = high - low, max(abs(low), abs(high))
        far = width > 0.0 and farthest > 10.0 * width and (name == "x" or farthest > 100.0)
        size = width if far else farthest
        wrong |= {f"{name} is far from 0"} if far else set()
        wrong |= {f"{name} is large"} if size > 100.0 else {f"{name} is small"} if 0.0 < size < 1e-3 else set()
    claim({*text.partition(": ")[0].lower().split(" and ")} == wrong, f"what is wrong is {wrong}")
