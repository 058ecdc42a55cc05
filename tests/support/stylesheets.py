"""Style sheets that are parsed once for all apps of a process, where Textual parses them anew for each: an eighth of its start.

For that a name is replaced which is private in Textual 8.2: it keeps its results too, but only as long as there is the app.
"""

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


def parse_once(stylesheet: Stylesheet, *text_and_place: Any, **options: Any) -> list[RuleSet]:
    """Return what the text was parsed to before, in whatever app, if the variables were the same."""
    key = (text_and_place, *sorted(options.items()), *sorted(stylesheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(stylesheet, *text_and_place, **options)
    return _parsed[key]
