"""Loops that end by a condition, in tinygrad's x86 assembler.

tinygrad: 0.14.0.
Reason: its register allocation closes a loop at `Ops.END`, where it puts back what was in registers when the loop began.  A
    loop with a condition ends by an instruction of its own, LOOP_CMP, where nothing is put back: if such a loop lies in
    another, registers are mixed up.  Here LOOP_CMP becomes the comparison and, after it, an `Ops.END` that turns into the jump
    once registers are known (what is put back between the two leaves the flags of the comparison alone).
    And it looks up the label of a loop by the register that counts it, which a loop inside may have used meanwhile.  Here the
    loop that began last is the one that ends.
Replaced by: the same in tinygrad; see "a loop with a condition in another loop" and "the label of the wrong loop" in
    docs/upstream.md.
"""

from typing import Any

from tinygrad.renderer.isa.x86 import X86Ops, X86Renderer, isel_matcher, lower_end, lower_range
from tinygrad.uop.ops import Ops, PatternMatcher, UOp, UPat


def _compare_and_end(ctx: Any, loop: UOp) -> tuple[UOp, list[UOp]]:
    condition = loop.replace(op=loop.tag, src=loop.src[:2], tag=None)
    jump = isel_matcher.rewrite(UOp(Ops.IF, src=(condition,)))
    if ctx.lock is not None:
        ctx.clobbered.add(ctx.lock)
    ctx.lock = compare = jump.src[0]
    end = UOp(Ops.END, src=loop.src[2:4], arg=jump.arg)
    return end, [compare, end]


def _jump_back(ctx: Any, end: UOp) -> tuple[UOp, list[UOp]]:
    ctx.loop_label["begun"].pop()
    jump = UOp(Ops.INS, arg=end.arg, tag=end.src[1].tag)
    return jump, [jump]


def _begin(ctx: Any, loop: UOp) -> tuple[UOp, list[UOp]]:
    counter, instructions = lower_range(ctx, loop)
    ctx.loop_label.setdefault("begun", []).append(ctx.loop_label.get(counter))
    return counter, instructions


def _end(ctx: Any, end: UOp) -> tuple[UOp, list[UOp]]:
    ctx.loop_label[end.src[1]] = ctx.loop_label["begun"].pop()
    ended: tuple[UOp, list[UOp]] = lower_end(ctx, end)
    return ended


_ends = PatternMatcher([(UPat(Ops.INS, arg=X86Ops.LOOP_CMP, name="loop"), _compare_and_end)])
_jumps = PatternMatcher(
    [
        (UPat(Ops.RANGE, name="loop"), _begin),
        (UPat(Ops.END, src=(UPat(), UPat(Ops.INS, arg=X86Ops.LABEL)), name="end"), _jump_back),
        (UPat(Ops.END, name="end"), _end),
    ]
)


def install() -> None:
    """Put the rules before the assembler's own."""
    X86Renderer.pre_regalloc_matcher = _ends + X86Renderer.pre_regalloc_matcher
    X86Renderer.post_regalloc_matcher = _jumps + X86Renderer.post_regalloc_matcher
