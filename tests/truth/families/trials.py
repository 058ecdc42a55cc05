"""What is said of trials: of the same run, and of what a reason advises."""

import math
from typing import Any

from tests.truth.families.losses import loss_text
from tests.truth.oracle import Case, loss, trained
from tests.truth.registry import family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, last_digit, parsed


@family(
    "stuck: a lower rate in vain",
    "The loss goes up and down, between {low:n} and {high:n}, but the learning rate is not what keeps it there. Tried rate "
    "{rate:n}: no lower than {then:n} after {count:whole} steps. One unit more (A) or another start (R) may do better.",
)
def in_vain(said: Said, case: Case, about: dict[str, Any]) -> None:
    low, high = parsed(said["low"]), parsed(said["high"])
    claim(low < high, "low and high are printed alike")
    claim(0.99 * low - last_digit(said["low"]) <= case.loss <= 1.01 * high + 5e-5, f"the loss is {case.loss!r}")
    claim(math.isclose(parsed(said["rate"]), case.rate / 8, rel_tol=1e-3), f"the rate is {case.rate!r}")
    true = about["trials"]["rate too large"]
    claim(_reads(said["then"], true, case), f"it led to {true!r}")
    claim(true >= 0.985 * low - 5e-5, f"it led to {true!r}")


@family(
    "stuck: what was tried",
    "Tried {change:tried}: {then:n} instead of {now:n} after {count:whole} steps.",
    "Tried {change:tried}: <vain=hardly|no> lower after {count:whole} steps.",
    "Slow, not stuck: the loss stands still at {here:n}, but {more:whole} more steps bring it to {there:n}.",
    "The learning rate {rate:n} is too large: the same run diverges within {within:whole} more steps. The key ( halves it.",
)
def tried(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "change" in said:
        losses = about["trials"]
        same = losses.get("", math.nan)
        without = min(case.loss, same) if math.isfinite(same) else case.loss
        if "vain" in said:
            led = losses["output off"]
            claim(not led < 0.99 * without and (led < without) == (said["vain"] == "hardly"), f"it led to {led!r}")
            return
        lower = [each for each in about["recorded"] if each < without]  # where the loss goes up and down, the lowest counts
        claim(any(_reads(said["now"], each, case) for each in (without, *lower)), f"the loss without it is {without!r}")
        claim(any(_reads(said["then"], each, case) for reason, each in losses.items() if reason), f"the trials led to {losses}")
        claim(parsed(said["then"]) < parsed(said["now"]), f"it led to {said['then']}")
        return
    later = trained(case, said.whole("more" if "more" in said else "within"))
    after = loss(later.net, case.x, case.y, case.kind)
    if "within" in said:
        claim(not after < 1e29 or later.step - case.step < said.whole("within"), f"the loss then is {after!r}")
        return
    loss_text(said["here"], case.loss, "the loss", case)
    claim(math.isclose(after, parsed(said["there"]), rel_tol=0.05), f"the loss then is {after!r}")
    claim(parsed(said["there"]) < parsed(said["here"]), "both are printed alike")


def _reads(text: str, true: float, case: Case) -> bool:
    return math.isfinite(true) and (abs(parsed(text) - true) <= 0.06 * true or abs(parsed(text) - true) < 6e-5)
