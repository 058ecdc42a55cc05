"""What is said after a command that changes a setting of the training or of the network."""

import re
from typing import Any

from tests.truth.families.losses import kind_text
from tests.truth.oracle import Case
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import Said
from tests.truth.verdicts import claim, number, parsed


def _is(name: str, said: Said, true: str) -> None:
    claim(said[name] == true, f"it is {true}")


@family(
    "message: settings",
    "learning <what=rate> {rate:n}",
    "the learning rate stays <limits=between> {low:n} and {high:n}",
    "optimizer {optimizer:word} from here on: parameters and step stay, its memory of gradients starts afresh",
    "momentum {momentum:n}: the share of its velocity that a step keeps; the velocity itself stays",
    "{none:word} has no momentum to set; O changes the optimizer",
    "loss {kind:word}: the <sum=mean|sum> of the squared errors; <grown=loss and gradients are|the loss is> "
    "{count:whole} times as <size=small|large> now",
    "activation: {activation:word}",
    "output activation: {output:word}",
    "slope at the kink, relu'(0) = {slope:n} from now on. It matters only where z is exactly 0; "
    "now <on=no> point has z = 0, so 0, 0.5 and 1 do the same"
    "[; at the start z is 0 at {began:d} of {all:d} points, where it decides]"
    "[; <same=runs from this start:|the same run from this start> {runs:text}]",
    "slope at the kink, relu'(0) = {slope:n} from now on. It matters only where z is exactly 0; "
    "now z is 0 at {on:d} of {points:d} "
    "points[; <same=runs from this start:|the same run from this start> {runs:text}]",
    "{smooth:word} has no kink",
    "{jumps:word} is drawn but not trained: its slope is 0 but at its jumps, so no gradient reaches w and b; b solves for v "
    "and c",
    where=MESSAGE,
)
def settings(said: Said, case: Case, about: dict[str, Any]) -> None:
    net = case.net
    if "rate" in said:
        claim(abs(parsed(said["rate"]) - case.rate) <= 6e-4 * case.rate, f"the rate is {case.rate!r}")
    elif "on" in said:
        count = int((net.z(case.x) == 0.0).any(axis=0).sum())
        claim((0 if said["on"] == "no" else int(said["on"])) == count, f"z is 0 at {count} points")
        if "began" in said:
            count = int((about["start"].z(case.x) == 0.0).any(axis=0).sum())
            claim((int(said["began"]), int(said["all"])) == (count, len(case.x)), f"at the start {count} of {len(case.x)}")
        if "runs" in said:  # tests/session/test_comparison.py has the losses: the case knows no run but its own
            claim(len(re.findall(r"[MS]SE \S+ after [\d,]+ steps", said["runs"])) >= 1, "no run is named")
            alike = said["same"].startswith("the same")  # one loss for all of them
            claim(not alike or len(re.findall(r"[MS]SE", said["runs"])) == 1, "several losses are named")
            slopes = re.findall(r"\b(?:0|0\.5|1)(?=,| and|:?(?: scaled)? [MS]SE)", said["runs"])
            claim(len(slopes) >= 2, "one slope alone is named")
            for kind in re.findall(r"(?:scaled )?[MS]SE", said["runs"]):
                kind_text(kind, case)
        claim("points" not in said or int(said["points"]) == len(case.x), f"there are {len(case.x)} points")
    elif "optimizer" in said:
        _is("optimizer", said, case.optimizer)
        claim(not case.first.any() and not case.second.any() and not case.t, "its memory")
    elif "momentum" in said:
        number(said["momentum"], case.momentum, "the momentum")
    elif "none" in said:
        claim(case.optimizer == said["none"] != "momentum", case.optimizer)
    elif "kind" in said:
        _is("kind", said, case.kind.upper())
        _is("sum", said, "mean" if case.kind == "mse" else "sum")
        claim(case.before is not None and said.whole("count") == len(case.x), f"there are {len(case.x)} points")
        assert case.before
        ratio = case.loss / case.before.loss if case.before.loss else 1.0
        claim(
            (said["size"] == "large") == (ratio > 1.0) or len(case.x) == 1 or not case.loss,
            f"the loss is {ratio} times as large",
        )
    elif "activation" in said:
        _is("activation", said, net.activation)
    elif "output" in said:
        _is("output", said, net.output)
    elif "slope" in said:
        number(said["slope"], net.at_kink, "the slope at the kink")
    elif "jumps" in said:
        claim(said["jumps"] == net.activation and net.stepped, net.activation)
    elif "smooth" in said:
        claim(said["smooth"] == net.activation and not net.kinked, net.activation)
