"""How many examples of a law are tried: few in every run, which are others each time, and many with --soak."""

from typing import Any

from hypothesis import settings

FEW, SOAK = "few", "soak"
# A busy machine is no fault: no example fails for taking long.
settings.register_profile(FEW, deadline=None, max_examples=15)
settings.register_profile(SOAK, deadline=None, max_examples=1000)


def examples(few: int, many: int, **others: Any) -> settings:
    """The settings of a law of which an example takes longer than that of others, or less."""
    return settings(max_examples=many if settings.get_current_profile_name() == SOAK else few, **others)
