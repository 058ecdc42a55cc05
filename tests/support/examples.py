"""How many examples of a law are tried: few in every run, which are others each time, and many with --soak."""

from typing import Any

from hypothesis import settings

FEW, SOAK = "few", "soak"
# A busy machine is no fault: no example fails for taking long.
# The plain run takes the same examples every time, so that a change alone can fail it; others are for the soak.
settings.register_profile(FEW, deadline=None, max_examples=15, derandomize=True)
settings.register_profile(SOAK, deadline=None, max_examples=1000)


def examples(few: int, many: int, **others: Any) -> settings:
    """The settings of a law of which an example takes longer than that of others, or less."""
    return settings(max_examples=many if settings.get_current_profile_name() == SOAK else few, **others)
