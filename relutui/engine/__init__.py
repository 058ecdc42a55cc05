"""Training, by tinygrad: the only package that imports it, and not before `Engine.open`."""

from relutui.engine.thread import Engine

__all__ = ["Engine"]
