"""The message while no command has left one: solved, or the scenario's own words."""

from dataclasses import replace
from typing import Any

from tests.truth.families.losses import kind_text
from tests.truth.families.table import rounding
from tests.truth.oracle import UNDERFLOW, Case, gradient, loss
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number


@family("standing: the scenario's words", "Drawn by <by=dice>.")
def own(said: Said, case: Case, _: dict[str, Any]) -> None:
    """Whatever the file says."""


@family(
    "standing: solved",
    "Solved[ in {edits:d} edit[s]][ and {steps:steps}]: the {kind:loss} {loss:n} is below {bound:n}.",
    "Solved in {steps:steps}: the {kind:loss} {loss:n} is below {bound:n}.",
)
def solved(said: Said, case: Case, _: dict[str, Any]) -> None:
    assert case.solved_below is not None
    true = loss(case.net, case.x, case.y, case.solved_kind)
    kind_text(said["kind"], case, case.solved_kind)
    claim(true < case.solved_below, f"the loss is {true!r}")
    number(said["bound"], case.solved_below, "the bound", 1e-5 * case.solved_below)
    size = float((case.net.size(case.x) + abs(case.y)).max())
    number(said["loss"], true, "the loss", (1e-13 * size) ** 2 + 1e-13 * size * true**0.5)


@family("standing: the way on", "enter goes on to {next:word}.", "Next: {next:word} (o).")
def way_on(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(about["solved"], "it is not solved")


@family(
    "standing: training cannot move",
    "Training (s, space) would move nothing here: it finds no slope in any free number. Set one by hand first (+ -)"
    "[, or <way=give relu a slope at its bend (k)>].",
)
def cannot_move(said: Said, case: Case, _: dict[str, Any]) -> None:
    steepest = abs(case.gradient[~case.locked]).max(initial=0.0)
    claim(steepest <= max(UNDERFLOW, rounding(case)), f"the gradient is {case.gradient!r}")
    claim(not case.locked.all(), "every number is locked")
    claim(case.loss > 0.0, "there is no error left")
    if "way" in said:
        bent = replace(case.net, at_kink=0.5)
        claim(gradient(bent, case.x, case.y, case.kind)[~case.locked].any(), "with a slope of 1/2 at the kink nothing moves")


@family(
    "standing: all is locked",
    "Training (s, space) has nothing to move: every number is locked. l unlocks the selected one.",
)
def all_locked(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(case.locked.all(), "a number is free")
