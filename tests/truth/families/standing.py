"""The message while no command has left one: solved, or the scenario's own words."""

from typing import Any

from tests.truth.oracle import Case, loss
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number


@family("standing: the scenario's words", "Drawn by <by=dice>.")
def own(said: Said, case: Case, _: dict[str, Any]) -> None:
    """Whatever the file says."""


@family(
    "standing: solved",
    "Solved[ in {edits:d} edit[s]][ and {steps:steps}]: the loss {loss:n} is below {bound:n}.",
    "Solved in {steps:steps}: the loss {loss:n} is below {bound:n}.",
)
def solved(said: Said, case: Case, _: dict[str, Any]) -> None:
    assert case.solved_below is not None
    true = loss(case.net, case.x, case.y, case.solved_kind)
    claim(true < case.solved_below, f"the loss is {true!r}")
    number(said["bound"], case.solved_below, "the bound", 1e-5 * case.solved_below)
    size = float((case.net.size(case.x) + abs(case.y)).max())
    number(said["loss"], true, "the loss", (1e-13 * size) ** 2 + 1e-13 * size * true**0.5)


@family("standing: the way on", "enter goes on to {next:word}.", "Next: {next:word} (o).")
def way_on(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(about["solved"], "it is not solved")
