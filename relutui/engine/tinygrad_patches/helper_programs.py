"""A CPU device that opens without clang, and in half the time.

tinygrad: 0.14.0.
Reason: it compiles four helper programs with clang whenever its CPU opens, although only HCQ2=1 ever runs them.
Replaced by: helper programs that are compiled when they are run; see "The CPU does not open without clang" in docs/upstream.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_helper_programs() -> Iterator[None]:
    """Have each helper program be a lone `ret`; kernels are compiled as usual."""
    import tinygrad.runtime.ops_cpu as ops_cpu
    from tinygrad.device import TinyELF

    class Stub:
        def __init__(self, renderer: object) -> None:
            self.target = renderer.target  # type: ignore[attr-defined]

        def to_elf(self) -> object:
            return TinyELF(b"\xc3", "stub", self.target, ())

    compile_helper = ops_cpu.do_to_program
    ops_cpu.do_to_program = lambda _ast, renderer: Stub(renderer)
    try:
        yield
    finally:
        ops_cpu.do_to_program = compile_helper
