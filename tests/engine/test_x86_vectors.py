"""What tinygrad's x86 assembler makes of four points side by side.  That it is right, the other tests show on CPU:X86."""

import re

import pytest

from relutui.model.network import Activation
from tests.support.blocking import Blocking


def inner_loops(unit: Activation, output: Activation) -> list[str]:
    """The loops of an assembled burst that have no loop in them."""
    from tinygrad import dtypes
    from tinygrad.codegen import to_program
    from tinygrad.helpers import Target
    from tinygrad.renderer.isa.x86 import X86Renderer
    from tinygrad.uop.ops import UOp

    from relutui.engine.kernels.by_points import points_kernel
    from relutui.engine.kernels.points_layout import PointsSpec, sizes

    form = PointsSpec(unit, output, "sgd", False, 64, 1024)
    kinds = {name: dtypes.int32 if name in ("counts", "progress") else dtypes.float32 for name in sizes(form)}
    buffers = [UOp.placeholder((size,), kinds[name], n) for n, (name, size) in enumerate(sizes(form).items())]
    renderer = X86Renderer(Target("CPU", "X86", "x86_64"))
    instructions = to_program(points_kernel(form)(*buffers), renderer).src[1].src
    return re.findall(r"^\.LOOP_\d+:\n((?: .*\n)*)\.LOOP_OUT", renderer.asm_str(list(instructions), "by_points"), re.MULTILINE)


@pytest.mark.parametrize(("unit", "output"), [("relu", "tanh"), ("softplus", "sigmoid")])
def test_the_loops_over_the_points_have_nothing_but_vectors(engine: Blocking, unit: Activation, output: Activation) -> None:
    engine.open()  # imports tinygrad as the engine wants it
    scalar = re.compile(r"^ +(v\w+s[si]|vinsertps|vpinsrd|vpextrd|vpsrldq) ", re.MULTILINE)
    loops = [body for body in inner_loops(unit, output) if "vmulps" in body]
    assert [scalar.findall(body) for body in loops] == [[], [], []]  # forward, loss, backward
