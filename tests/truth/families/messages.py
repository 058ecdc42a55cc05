"""What is said after a command, in the message line."""

import re
from typing import Any

import numpy as np

from tests.truth.families.losses import loss_text
from tests.truth.oracle import Case, best_output, value
from tests.truth.registry import MESSAGE, family
from tests.truth.templates import Said
from tests.truth.verdicts import at_x, claim, number, parsed, place


def _is(name: str, said: Said, true: str) -> None:
    claim(said[name] == true, f"it is {true}")


@family(
    "message: locks",
    "<done=locked|unlocked> {field:word} of unit {unit:d}",
    "<done=locked|unlocked> the output bias <c=c>",
    "<done=locked|unlocked> unit {unit:d}",
    "{field:word} of unit {unit:d} is <now=locked>; l unlocks it",
    "the output bias <c=c> is <now=locked>; l unlocks it",
    "b of unit {unit:d} is <now=locked>, so the kink could not stay; l on the kink unlocks it",
    where=MESSAGE,
)
def locks(said: Said, case: Case, _: dict[str, Any]) -> None:
    locked = said.get("done") != "unlocked"
    if "c" in said:
        claim(bool(case.locked[-1]) == locked, "c is locked" if case.locked[-1] else "c is free")
        return
    fields = {"w": 0, "b": 1, "v": 2, "kink": 1, "slope": 0, "side": 0}
    each = case.locks(said.unit)
    held = [each[fields[said["field"]]]] if "field" in said else [each[1]] if "now" in said else each
    claim(all(held) if locked else not any(held), f"w, b, v of unit {said.unit} are locked: {each}")


@family(
    "message: ends of ranges",
    "{field:word} of unit {unit:d} is at the end of its range, {low:n} to {high:n}[; type a value to go <on=beyond>]",
    "the output bias <c=c> is at the end of its range, {low:n} to {high:n}[; type a value to go <on=beyond>]",
    "{field:word} of unit {unit:d} is at its end: w and b stay within {low:n} to {high:n}; type a value to go <on=beyond>",
    where=MESSAGE,
)
def ends(said: Said, case: Case, _: dict[str, Any]) -> None:
    low, high = parsed(said["low"]), parsed(said["high"])
    w, b, v = (case.net.c,) * 3 if "c" in said else (float(each[said.unit]) for each in (case.net.w, case.net.b, case.net.v))
    shown = {"w": (w,), "b": (b,), "v": (v,)}.get(said.get("field"), (w, b, case.net.c) if "c" in said else (w, b))
    near = 1.0 if said.get("field") in ("kink", "slope", "side") else 1e-9 * max(1.0, abs(low))
    claim(any(not low + near < each < high - near for each in shown) or near == 1.0, f"it is {shown}, well within")


@family(
    "message: handles",
    "kink, slope and side can be edited <now=now>; w and b follow (m: back)",
    "w and b can be <again=edited> again",
    "unit {unit:d} has w = 0 and so no kink to nudge; type one, and it <waits=waits> for a slope",
    "a slope is |w|, never below 0; its side gives the <sign=sign> of w",
    "{field:word} of unit {unit:d} cannot be {value:n}: {names:names} would have to be larger than {limit:n}",
    "{field:word} of unit {unit:d} cannot be {value:n}: w and b would have to be larger than {limit:n}",
    where=MESSAGE,
)
def handles(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "waits" in said:
        claim(case.net.w[said.unit] == 0.0, f"w is {case.net.w[said.unit]!r}")
    elif "now" in said:
        claim(about["handle"], "w and b are edited")
    elif "again" in said:
        claim(not about["handle"], "kink, slope and side are edited")
    elif "sign" in said:
        claim(case.net.w[about["unit"]] == 0.0, f"w is {case.net.w[about['unit']]!r}")
    elif "value" in said:
        value, kink, w = parsed(said["value"]), case.net.kinks[said.unit], case.net.w[said.unit]
        size = abs(at_x(said["value"]) * w) if said["field"] == "kink" else max(abs(value), abs(value * kink))
        claim(size > 0.9 * parsed(said["limit"]), f"the larger of w and b would be {size!r}")


BENDS = (
    "[; {n:d} unit[s] bend[s] the curve {times:d} time[s] at most, one bend fewer than before]"
    "[; <losses=MSE|SSE> so far: {fewer:text}]"
)


@family(
    "message: units come and go",
    "unit {unit:d} added: its kink is at the probe, x = {x:n}; with v = 0 it adds <none=nothing> yet",
    "unit {unit:d} <gone=removed>: the [<scaled=scaled> ]{kind:word} <same=stays> at {now:n}" + BENDS,
    "unit {unit:d} <gone=removed>: the [<scaled=scaled> ]{kind:word} goes from {old:n} to {now:n}" + BENDS,
    "the last unit cannot be <last=removed>",
    "<select=select> a unit first",
    where=MESSAGE,
)
def units(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "none" in said:
        claim(said.unit == case.net.units - 1 and case.net.v[-1] == 0.0, "the last unit")
        place(said["x"], float(case.net.kinks[-1]), case.low, case.high, "its kink")
        place(said["x"], about["probe"], case.low, case.high, "the probe")
    elif "gone" in said:
        claim(case.before is not None and case.before.net.units == case.net.units + 1, "no unit was removed")
        assert case.before
        rest = np.delete(case.before.net.w, said.unit)
        claim(np.array_equal(rest, case.net.w), f"unit {said.unit} is still there")
        claim(said["kind"] == case.kind.upper(), f"the loss is {case.kind}")
        claim(said.get("n") in ("", str(case.net.units)) and said.get("times") == said.get("n"), f"{case.net.units} units")
        loss_text(said["now"], case.loss, "the loss", case)
        if "fewer" in said:
            claim(said["losses"] == case.kind.upper(), f"the loss is {case.kind}")
            counts, losses = zip(*re.findall(r"(\d+) units? (\S+?)(?:,|$)", said["fewer"]))
            claim(sorted(map(int, counts), reverse=True) == list(map(int, counts)), "the numbers of units fall")
            claim(int(counts[-1]) == case.net.units, f"{case.net.units} units")
            loss_text(losses[-1], case.loss, "the loss with so many", case)
            if int(counts[-2]) == case.before.net.units:
                loss_text(losses[-2], case.before.loss, "the loss with one more", case.before)
        if "old" in said:
            loss_text(said["old"], case.before.loss, "the loss before", case)
            claim(said["old"] != said["now"], "both are printed alike")
        else:
            claim(abs(case.loss - case.before.loss) <= 1e-9 * abs(case.loss), f"it was {case.before.loss!r}")
    elif "last" in said:
        claim(case.net.units == 1, f"there are {case.net.units} units")


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
    "slope at the kink, relu'(0) = {slope:n} from the next step on. It matters only where z is exactly 0: "
    "now at <on=no> point, "
    "so it changes no gradient here[; at the start at {began:d} of {all:d} points, where it decides]"
    "[; runs from this start: {runs:text}]",
    "slope at the kink, relu'(0) = {slope:n} from the next step on. It matters only where z is exactly 0: "
    "now at {on:d} of {points:d} "
    "points[; runs from this start: {runs:text}]",
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
            claim(len(re.findall(r"\b(?:0|0\.5|1)(?=,| and| [MS]SE)", said["runs"])) >= 2, "one slope alone is named")
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


@family(
    "message: starts",
    "random start {seed:d}",
    "back at random start {seed:d}[, its own <units=units> and locks][ (what is locked <stays=stays>)]; r again: the "
    "scenario's own start",
    "back at the scenario's start[, its own <units=units> and locks][ (what is locked <stays=stays>)][; r again: with its "
    "<net=activations>]",
    "nothing to <none=undo|redo>",
    "every parameter is <all=locked>; l unlocks one",
    "training stopped",
    where=MESSAGE,
)
def starts(said: Said, case: Case, about: dict[str, Any]) -> None:
    if "none" in said:
        claim(not about[said["none"]], f"{about[said['none']]} states")
    elif "all" in said:
        claim(case.locked.all(), "something is free")
    else:
        claim(case.step == 0, f"it is at step {case.step}")
        if "stays" in said:
            claim(case.locked.any(), "nothing is locked")


NOTES = (
    "[ and the {held:d} locked of v and c][; {open:d} of the {free:d} could have any value at these points, and moved least]"
)


@family(
    "message: v and c solved for",
    "v and c solved for: [<scaled=scaled> ]{kind:word} {old:n} → {new:n}, the lowest with these w and b" + NOTES,
    "v and c solved for: [<scaled=scaled> ]{kind:word} {old:n}, lower by {by:n}, the lowest with these w and b" + NOTES,
    "v and c are the best with these w and b already: [<scaled=scaled> ]{kind:word} {now:n}" + NOTES,
    "the best v of unit {unit:d} would be larger than {limit:n}, so nothing is changed",
    "the best c would be larger than {limit:n}, so nothing is <same=changed>",
    where=MESSAGE,
)
def solved_for(said: Said, case: Case, _: dict[str, Any]) -> None:
    net, free = case.net, ~case.locked[2 * case.net.units :]
    claim(net.output == "identity", net.output)
    if "limit" in said:
        return
    claim(said["kind"] == case.kind.upper(), case.kind)
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


@family("message: undone", "<done=undone|redone>: {change:text}", where=MESSAGE)
def undone(said: Said, case: Case, about: dict[str, Any]) -> None:
    claim(said["change"] == about["next" if said["done"] == "undone" else "change"], f"{about['change']}")


@family(
    "message: diverged",
    "diverged after step {step:d} at learning rate {rate:n}: training stopped at the last finite state[; u goes back before "
    "the "
    "<run=run>][; {advice:text}]",
    where=MESSAGE,
)
def diverged(said: Said, case: Case, _: dict[str, Any]) -> None:
    claim(int(said["step"]) == case.step, f"it is at step {case.step}")
    number(said["rate"], case.rate, "the rate", 1e-5 * case.rate)
    theta = np.concatenate([case.net.w, case.net.b, case.net.v, [case.net.c]])
    claim(np.isfinite(theta).all(), "a parameter is not finite")
    after = case.after
    grown = np.abs(np.concatenate([after.w, after.b, after.v, [after.c]])).max()
    claim(not grown < 1e29, f"the next step leads to {grown!r} at most")
    if "advice" in said:
        scale_advice(said["advice"], case)


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


@family(
    "message: the x-range",
    "x from {low:n} to {high:n}: the curve goes on where there are no data; B again: <next=wider|back>",
    "x from {low:n} to {high:n} <again=again>",
    where=MESSAGE,
)
def x_range(said: Said, case: Case, about: dict[str, Any]) -> None:
    """The domain, or twice or four times as wide around its middle; case.low and case.high are its ends."""
    low, high = about["domain"]
    times = {"wider": 2.0, "back": 4.0}.get(said.get("next") or "", 1.0)
    middle, half = (low + high) / 2.0, times * (high - low) / 2.0
    place(said["low"], middle - half, case.low, case.high, "its low end")
    place(said["high"], middle + half, case.low, case.high, "its high end")
