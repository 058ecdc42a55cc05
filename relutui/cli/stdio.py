"""Keeps what drivers and compilers in this process print past Python off the terminal and out of the output."""

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import cast


def keep_out() -> None:
    """Let only what Python writes reach standard output and standard error, until the process ends.

    OpenCL's PoCL says "1 warning generated." on descriptor 2, in the middle of the screen.  Python's files
    move to duplicates of both descriptors, which themselves lead nowhere; this is never undone, for a driver may still compile
    when all is said.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        usual = cast(TextIOWrapper | None, getattr(sys, f"__{name}__"))
        if usual is None:  # it was closed from the start
            continue
        duplicate = BufferedWriter(FileIO(os.dup(descriptor), "wb"))
        file = TextIOWrapper(duplicate, usual.encoding, usual.errors, line_buffering=usual.line_buffering)
        os.dup2(nowhere, descriptor)
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)
    os.close(nowhere)
