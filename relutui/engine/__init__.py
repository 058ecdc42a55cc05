"""Training, by tinygrad: the only package that imports it, and not before `Engine.open`."""

from relutui.engine.patient import PatientEngine
from relutui.engine.thread import Engine

__all__ = ["Engine", "PatientEngine"]
