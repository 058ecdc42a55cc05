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


def compile_kernel(tensors: Iterable[Tensor], kernel: Callable[..., UOp]) -> Callable[[], object]:
    """What runs the kernel on the memory of the tensors, which are its arguments in their order."""
    (call,) = compile_linear(Tensor.custom_kernel(*tensors, fxn=kernel)[0].schedule_linear()).src
    program, buffers = call.src[0], [argument.buffer for argument in call.src[1:]]
    device = buffers[0].device
    global_size, local_size = program.arg.launch_dims({})
    arguments = [buffers[n].get_buf(device) for n in program.arg.globals]
    runtime = get_runtime(device, program)
    if isinstance(runtime, CPUProgram):
        return partial(runtime.fxn, *(c_uint64(argument.va_addr) for argument in arguments))
    return partial(runtime, *arguments, global_size=global_size, local_size=local_size)
