"""Installs the changes to tinygrad that last as long as the process."""

from functools import cache

from relutui.engine.tinygrad_patches import barriers, compilers, x86_loops, x86_vectors


@cache
def install() -> None:
    """Change tinygrad, once a process; importing this module, or any other of the engine, changes nothing."""
    for patch in (barriers, compilers, x86_loops, x86_vectors):
        patch.install()
