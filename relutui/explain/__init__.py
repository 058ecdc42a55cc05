"""The sentences: why a unit or the prediction is as it is, what an edit did, what the exercise asks for."""

from relutui.explain.best import against_best
from relutui.explain.edit import effect
from relutui.explain.exercise import Progress, progress, progress_text
from relutui.explain.glossary import GLOSSARY
from relutui.explain.guidance import guidance
from relutui.explain.hints import hint, next_hint, no_hint
from relutui.explain.prediction import why_prediction
from relutui.explain.stuck import stuck
from relutui.explain.units import reason, why_unit

__all__ = [
    "GLOSSARY",
    "Progress",
    "against_best",
    "effect",
    "guidance",
    "hint",
    "next_hint",
    "no_hint",
    "progress",
    "progress_text",
    "reason",
    "stuck",
    "why_prediction",
    "why_unit",
]
