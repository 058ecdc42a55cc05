"""Vector instructions from tinygrad's x86 assembler.

tinygrad: 0.14.0.
Reason: it splits every vector operation into one for each lane, and leaves it to a compiler to join them.  Its assembler does
    not, though it knows the instructions.  Here is the missing pass, which turns every four equal operations into one on
    vectors; the results stay the same.  On CPU:X86 it trains 1.5 to 1.9 times as fast by points with relu, 2.7 to 2.9 times
    with tanh (3 to 100 units, 300 points, one network or 64, processor time).  It changes nothing by pieces.
Replaced by: the same in tinygrad; see "x86 assembler: no vectors" in docs/upstream.md.  Nothing public serves: this relies on
    the form of the code at instruction selection, and on what the assembler makes of vectors there.
"""

from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.renderer.isa.x86 import X86Renderer
from tinygrad.uop.ops import GroupOp, Ops, PatternMatcher, UOp, UPat, graph_rewrite

WIDTH = 4  # lanes of 32 bits in an xmm register
_REAL, _WHOLE = {Ops.ADD, Ops.SUB, Ops.MUL, Ops.FDIV}, {Ops.ADD, Ops.SUB, Ops.MUL, Ops.SHL}


def _packed(sink: UOp) -> UOp | None:
    """Rewrite the whole program with vectors, before any other rule is applied."""
    packed = graph_rewrite(sink, _rules, name="pack")
    return None if packed is sink else packed


def _pack_stack(stack: UOp) -> UOp | None:
    """Turn a vector of equal operations into one operation on vectors; its operands are packed in turn."""
    lanes, first = stack.src, stack.src[0]
    if len(lanes) != WIDTH or all(lane is first for lane in lanes):
        return None
    if all(_is_element(lane) and lane.src[0] is first.src[0] and _place(lane) == n for n, lane in enumerate(lanes)):
        return first.src[0] if first.src[0].max_numel() == WIDTH else None
    if not all(_can_pack(lane) and (lane.op, lane.dtype, lane.arg) == (first.op, first.dtype, first.arg) for lane in lanes):
        return None
    operands = tuple(UOp(Ops.STACK, src=same) for same in zip(*(lane.src for lane in lanes)))
    if first.op is Ops.BITCAST:  # the bits stay in their register
        return UOp(Ops.NOOP, first.dtype, operands)
    return first.replace(src=operands)


def _can_pack(u: UOp) -> bool:
    """Return whether the assembler has a vector instruction for this operation."""
    kinds = [operand.dtype for operand in u.src]
    if u.op is Ops.WHERE:
        return u.dtype == dtypes.float32 and u.src[0].op in GroupOp.Comparison and _can_pack(u.src[0])
    if u.op in GroupOp.Comparison:
        return kinds == [dtypes.float32, dtypes.float32]
    if u.op in (Ops.CAST, Ops.BITCAST):
        return {u.dtype, *kinds} == {dtypes.float32, dtypes.int32} and u.src[0].op is not Ops.CONST
    allowed = {dtypes.float32: _REAL, dtypes.int32: _WHOLE}.get(u.dtype, set())
    return u.op in allowed and all(kind == u.dtype for kind in kinds)


def _pack_load(address: UOp) -> UOp | None:
    """Turn the load of one lane of a running sum into an element of the vector that contains it."""
    if not _is_lane_of_sums(address):
        return None
    place = _place(address)
    first = UOp.cconst(place - place % WIDTH, address.src[1].dtype)
    vector = UOp(Ops.SHRINK, src=(address.src[0], first, UOp.const(WIDTH))).load()
    return vector.index(UOp.cconst(place % WIDTH, address.src[1].dtype))


def _pack_stores(group: UOp) -> UOp | None:
    """Turn stores to all lanes of a vector of running sums into one store."""
    found = {(u.src[0].src[0], _place(u.src[0])): u for u in group.src if u.op is Ops.STORE and _is_lane_of_sums(u.src[0])}
    kept = dict.fromkeys(group.src)
    for (sums, place), store in found.items():
        four = [found[sums, place + n] for n in range(WIDTH) if (sums, place + n) in found]
        if place % WIDTH == 0 and len(four) == WIDTH:
            address = UOp(Ops.SHRINK, src=(sums, store.src[0].src[1], UOp.const(WIDTH)))
            kept[address.store(UOp(Ops.STACK, src=tuple(lane.src[1] for lane in four)))] = None
            for lane in four:
                del kept[lane]
    return None if len(kept) == len(group.src) else group.replace(src=tuple(kept))


def _is_lane_of_sums(address: UOp) -> bool:
    """Return whether this is the address of one lane of a running sum.

    Sums are where the program asks for registers; tinygrad has packed all other memory itself.
    """
    return (
        _is_element(address)
        and address.addrspace is AddrSpace.REG
        and address.src[0].dtype == dtypes.float32
        and address.src[0].max_numel() % WIDTH == 0
    )


def _is_element(u: UOp) -> bool:
    return u.op is Ops.INDEX and u.src[1].op is Ops.CAST and u.src[1].src[0].op is Ops.CONST


def _place(element: UOp) -> int:
    place: int = element.src[1].src[0].val
    return place


_rules = PatternMatcher(
    [
        (UPat(Ops.STACK, name="stack"), _pack_stack),
        (UPat(Ops.LOAD, src=(UPat(Ops.INDEX, name="address"),)), _pack_load),
        (UPat(Ops.GROUP, name="group"), _pack_stores),
    ]
)
_pass = PatternMatcher([(UPat(Ops.SINK, name="sink"), _packed)])


def install() -> None:
    """Put the pass before the assembler's own rules."""
    X86Renderer.pre_isel_matcher = _pass + X86Renderer.pre_isel_matcher
