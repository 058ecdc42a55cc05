"""A kernel that is compiled once, and called again without looking for anything.

tinygrad: 0.14.0.
Reason: at every call `run_linear` finds out anew what is known here: the program, its buffers and its size; and a CPU's program
    makes all its arguments anew.  A call takes as long as hundreds of steps of a small network.
Replaced by: a public way to compile a custom kernel to something that can be called, with its buffers bound.
"""

from collections.abc import Callable, Iterable
from ctypes import c_uint64
from functools import partial

from tinygrad import Tensor
from tinygrad.engine.realize import compile_linear, get_runtime
from tinygrad.runtime.ops_cpu import CPUProgram
from tinygrad.uop.ops import UOp

Launch = Callable[[], object]


def compile_kernel(tensors: Iterable[Tensor], kernel: Callable[..., UOp]) -> Callable[[Iterable[Tensor]], Launch]:
    """Compile a kernel whose arguments, in their order, are tensors like these; what is returned binds it to some such tensors.

    What runs it on a processor may be called by any thread, and leaves Python to the others meanwhile.
    """
    (call,) = compile_linear(Tensor.custom_kernel(*tensors, fxn=kernel)[0].schedule_linear()).src
    program, device = call.src[0], call.src[1].buffer.device
    global_size, local_size = program.arg.launch_dims({})
    runtime = get_runtime(device, program)

    def bind(tensors: Iterable[Tensor]) -> Launch:
        buffers = [tensor.uop.base.buffer.ensure_allocated() for tensor in tensors]
        arguments = [buffers[n].get_buf(device) for n in program.arg.globals]
        if isinstance(runtime, CPUProgram):
            return partial(runtime.fxn, *(c_uint64(argument.va_addr) for argument in arguments))
        return partial(runtime, *arguments, global_size=global_size, local_size=local_size)

    return bind
