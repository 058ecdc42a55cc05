"""Paths as they are typed."""

import os


def expanded(typed: str) -> str:
    """The path with ~ replaced by the home directory; as typed where it is a name that no file can have."""
    try:
        return os.path.expanduser(typed)
    except ValueError:  # a NUL or a lone surrogate in the name of a user
        return typed
