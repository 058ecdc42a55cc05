"""Mends loops that end by a condition in tinygrad 0.14.0's x86 assembler; importing this is enough.

Its register allocation closes a loop at `Ops.END`: it puts back what was in registers when the loop began.  It does not where a
loop with a condition ends, which by then is an instruction of its own, LOOP_CMP: if such a loop lies in another, registers are
mixed up.  Here LOOP_CMP becomes the comparison and, after it, an `Ops.END` that turns into the jump once registers are known
(what is put back between the two leaves the flags of the comparison alone).
"""

from typing import Any

from tinygrad.renderer.isa.x86 import X86Ops, X86Renderer, isel_matcher
from tinygrad.uop.ops import Ops, PatternMatcher, UOp, UPat


def _compare_and_end(ctx: Any, loop: UOp) -> tuple[UOp, list[UOp]]:
    condition = loop.replace(op=loop.tag, src=loop.src[:2], tag=None)
    jump = isel_matcher.rewrite(UOp(Ops.IF, src=(condition,)))
    if ctx.lock is not None:
        ctx.clobbered.add(ctx.lock)
    ctx.lock = compare = jump.src[0]
    end = UOp(Ops.END, src=loop.src[2:4], arg=jump.arg)
    return end, [compare, end]


def _jump_back(end: UOp) -> tuple[UOp, list[UOp]]:
    jump = UOp(Ops.INS, arg=end.arg, tag=end.src[1].tag)
    return jump, [jump]


_ends = PatternMatcher([(UPat(Ops.INS, arg=X86Ops.LOOP_CMP, name="loop"), _compare_and_end)])
_jumps = PatternMatcher([(UPat(Ops.END, src=(UPat(), UPat(Ops.INS, arg=X86Ops.LABEL)), name="end"), _jump_back)])
X86Renderer.pre_regalloc_matcher = _ends + X86Renderer.pre_regalloc_matcher
X86Renderer.post_regalloc_matcher = _jumps + X86Renderer.post_regalloc_matcher
