"""Barriers behind which the threads of a group see all that the others have written.

tinygrad: 0.14.0.
Reason: its barriers for OpenCL and Metal are for the memory of the group alone, and a network has its parameters and residuals
    in the memory of the device.
Replaced by: a barrier in tinygrad for all memory; see "Barriers order memory of the group only" in docs/upstream.md.
"""

from tinygrad.renderer.cstyle import MetalRenderer, OpenCLRenderer


def install() -> None:
    """Have both renderers write the wider barrier."""
    OpenCLRenderer.barrier = "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);"
    MetalRenderer.barrier = "threadgroup_barrier(mem_flags::mem_threadgroup | mem_flags::mem_device);"
