"""Barriers for tinygrad 0.14.0 behind which all that the threads of a group have written is seen by the others.

Its own are for memory of the group alone; a network has its parameters and residuals in that of the device.
"""

from tinygrad.renderer.cstyle import MetalRenderer, OpenCLRenderer

OpenCLRenderer.barrier = "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);"
MetalRenderer.barrier = "threadgroup_barrier(mem_flags::mem_threadgroup | mem_flags::mem_device);"
