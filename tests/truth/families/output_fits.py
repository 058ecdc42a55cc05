"""What is said where v and c were solved for."""

from typing import Any

import numpy as np

from tests.truth.activation import value
from tests.truth.families.losses import kind_text, loss_text
from tests.truth.oracle import Case, best_output
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number, parsed

NOTES = (
    "[ and the {held:d} locked of v and c][; {open:d} of the {free:d} could have any value at these points, and moved least]"
)


@family(
    "message: v and c solved for",
    "v and c solved for: {kind:loss} {old:n} → {new:n}, the lowest with these w and b" + NOTES,
    "v and c solved for: {kind:loss} {old:n}, lower by {by:n}, the lowest with these w and b" + NOTES,
    "v and c are the best with these w and b already: {kind:loss} {now:n}" + NOTES,
    "the best v of unit {unit:d} would be larger than {limit:n}, so nothing is changed",
    "the best c would be larger than {limit:n}, so nothing is <same=changed>",
    where=MESSAGE,
)
def solved_for(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, free = case.net, ~case.locked[2 * case.net.units :]
    claim(net.output == "identity", net.output)
    if "limit" in said:
        return
    kind_text(said["kind"], case)
    claim(int(said.get("held") or 0) == int((~free).sum()), f"locked are {int((~free).sum())}")
    squares = float((case.y**2).mean() if case.kind == "mse" else (case.y**2).sum())
    size = float(((net.size(case.x) + np.abs(case.y)) ** 2).max()) * (len(case.x) if case.kind == "sse" else 1)
    slack = 1e-13 * (squares + size) + 1e-20 * ((squares or 1.0) + (case.before.loss if case.before else 0.0))
    lowest = best_output(case)
    claim(case.loss <= lowest * (1 + 1e-6) + slack, f"the lowest is {lowest!r}, not {case.loss!r}")
    if "open" in said:
        claim(int(said["free"]) == int(free.sum()), f"{int(free.sum())} are free")
        columns = np.vstack([value(net.activation, net.z(case.x)), np.ones(len(case.x))])[free]
        columns = columns / np.maximum(np.linalg.norm(columns, axis=1, keepdims=True), 1e-300)
        singular = np.linalg.svd(columns, compute_uv=False)
        ranks = [int((singular > share * singular.max(initial=0.0)).sum()) for share in (1e-10, 1e-16)]
        claim(len(columns) - ranks[1] <= int(said["open"]) <= len(columns) - ranks[0], f"the singular values are {singular}")
    if "now" in said:
        loss_text(said["now"], case.loss, "the loss", case)
        return
    assert case.before
    loss_text(said["old"], case.before.loss, "the loss before", case.before)
    if "new" in said:
        loss_text(said["new"], case.loss, "the loss now", case)
        claim(parsed(said["new"]) < parsed(said["old"]), f"it went from {case.before.loss!r} to {case.loss!r}")
    else:
        number(said["by"], case.before.loss - case.loss, "the fall", 1e-12 * case.loss)
