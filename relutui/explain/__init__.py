"""The sentences: why a unit or the prediction is as it is, what an edit did, what the exercise asks for."""

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
