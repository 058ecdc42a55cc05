"""Reading and writing the [[ask]] tables of a scenario file."""

from typing import Any

from relutui.scenario.ask import (
    MAX_ASK_KEYS,
    MAX_ASK_TEXT,
    MAX_ASKS,
    MAX_CHOICE_TEXT,
    MAX_CHOICES,
    MAX_KEY_NAME,
    MAX_MISCONCEPTION,
    MAX_SUPPOSED,
    MAX_WRONG_PLACES,
    Ask,
    Choice,
    Place,
    Supposed,
    WrongPlace,
)
from relutui.scenario.target import DATA_LIMIT
from relutui.scenario.toml_table import Table, array_of, boolean, integer, number, single_line

_text = single_line(MAX_ASK_TEXT, least=1)
_misconception = single_line(MAX_MISCONCEPTION, least=1)
_key = single_line(MAX_KEY_NAME, least=1)
_y = number(f"of at most {DATA_LIMIT:g} either way", lambda value: abs(value) <= DATA_LIMIT)
_positive = number("above 0", lambda value: value > 0.0)


def read_asks(root: Table, domain: tuple[float, float], units: int) -> tuple[Ask, ...]:
    """The questions of a scenario; an x that they ask for lies in the domain, and what they suppose is of its units.

    units: 0 where there are several hidden layers, of whose units nothing can be supposed.
    """
    return tuple(_read_ask(table, domain, units) for table in root.tables("ask", MAX_ASKS))


def _read_ask(table: Table, domain: tuple[float, float], units: int) -> Ask:
    given = [key for key in ("choice", "x", "y") if table.has(key)]
    if len(given) != 1:
        table.report(f"expected exactly one of choice, x and y, got {' and '.join(given) or 'none'}")
    text, then = table.require("text", _text, ""), table.require("then", _text, "")
    choices, place = _read_choices(table), _read_place(table, domain)
    keys = table.read("keys", array_of(_key), ())
    if len(keys) > MAX_ASK_KEYS:
        table.report(f"keys: expected at most {MAX_ASK_KEYS}, got {len(keys)}")
    supposed = tuple(_read_supposed(unit, units) for unit in table.tables("supposed", MAX_SUPPOSED))
    if supposed and not units:
        table.report("supposed: only for networks of one hidden layer")
    table.close()
    return Ask(text, then, choices, place, keys, supposed)


def _read_supposed(table: Table, units: int) -> Supposed:
    unit = table.require("unit", integer(0, max(0, units - 1)), 0)
    supposed = Supposed(unit, *(table.read(field, _y, None) for field in ("w", "b", "v")))
    table.close()
    return supposed


def _read_choices(table: Table) -> tuple[Choice, ...]:
    tables = table.tables("choice")
    if tables and not 2 <= len(tables) <= MAX_CHOICES:
        table.report(f"choice: expected 2 to {MAX_CHOICES}, got {len(tables)}")
    choices = tuple(map(_read_choice, tables[:MAX_CHOICES]))
    if tables and (right := sum(choice.right for choice in choices)) != 1:
        table.report(f"choice: expected exactly one with right = true, got {right}")
    return choices


def _read_choice(table: Table) -> Choice:
    text, right = table.require("text", single_line(MAX_CHOICE_TEXT, least=1), ""), table.read("right", boolean, False)
    if right:
        misconception = ""
        if table.has("misconception"):
            table.report("misconception: not for the right choice")
            table.read("misconception", _misconception, "")
    else:
        misconception = table.require("misconception", _misconception, "")
    table.close()
    return Choice(text, right, misconception)


def _read_place(table: Table, domain: tuple[float, float]) -> Place | None:
    """The place to be found; None if the answer is a choice, which has none of these keys."""
    low, high = domain
    within = number(f"in the domain, from {low:g} to {high:g}", lambda value: low <= value <= high)
    if not (table.has("x") or table.has("y")):
        return None
    tolerance = table.require("tolerance", _positive, 1.0)
    wrong = tuple(map(_read_wrong_place, table.tables("wrong", MAX_WRONG_PLACES)))
    if table.has("y"):
        return Place("y", table.read("y", _y, 0.0), tolerance, table.require("at", within, low), wrong)
    return Place("x", table.read("x", within, low), tolerance, None, wrong)


def _read_wrong_place(table: Table) -> WrongPlace:
    place = WrongPlace(table.require("place", _y, 0.0), table.require("misconception", _misconception, ""))
    table.close()
    return place


def ask_values(ask: Ask) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """The keys of an [[ask]] table, and the tables inside it, each with its name."""
    values: dict[str, Any] = {"text": ask.text}
    if ask.place:
        values |= {ask.place.axis: ask.place.value, "at": ask.place.at, "tolerance": ask.place.tolerance}
    values |= {"then": ask.then, "keys": ask.keys or None}
    wrong = ask.place.wrong if ask.place else ()
    return values, [
        *(
            ("choice", {"text": c.text, "right": c.right or None, "misconception": c.misconception or None})
            for c in ask.choices
        ),
        *(("supposed", {"unit": s.unit, "w": s.w, "b": s.b, "v": s.v}) for s in ask.supposed),
        *(("wrong", {"place": place.value, "misconception": place.misconception}) for place in wrong),
    ]
