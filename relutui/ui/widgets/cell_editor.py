"""The editor of a number in a cell, as immutable states and the keys between them; it knows no screen."""

import re
from dataclasses import dataclass, replace

from relutui.lib.number_text import LIMIT, plain_minus, read_number
from relutui.lib.safe_text import quote_value, sanitize
from relutui.model.selection import Move

MAX_CHARACTERS = 24  # enough for every float; keeps a stray paste small
NUMBER_CHARACTERS = frozenset("0123456789+-.eE")
NARROW_CODE_POINTS = range(0x100)  # one cell wide and left to right; any other character is inserted as ?
_NOT_ALLOWED = "only digits, + - . and e here; esc leaves the cell"
_SECOND_POINT = "there is already a point, and a comma counts as one"
_PERHAPS_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}")

_COMMITS: dict[str, Move | None] = {"enter": None, "tab": "next", "shift+tab": "previous", "up": "up", "down": "down"}


@dataclass(frozen=True)
class Leave:
    """The end of an edit: the new value, or None to keep the old one, and the move that follows."""

    value: float | None
    move: Move | None = None


@dataclass(frozen=True)
class CellEditor:
    """The text being typed and the caret in it.

    fresh: the whole text is selected, so the first character typed replaces it.
    wrong: the text has forbidden characters, or is not a number although it was committed.
    problem: why the text is wrong, or why the last key or paste was refused.
    before: the text of the old value, which is kept if the text is the same.
    unsigned: why the value must not be negative, if it must not.
    """

    text: str
    caret: int
    fresh: bool = False
    wrong: bool = False
    problem: str = ""
    before: str = ""
    unsigned: str = ""

    @classmethod
    def opened(cls, value: float | None, unsigned: str = "") -> "CellEditor":
        """Return an editor of the old value, if any, with the seven digits that float32 holds."""
        text = "" if value is None else f"{value + 0.0:.7g}"  # + 0.0 makes -0.0 a plain 0
        return cls(text, len(text), fresh=True, before=text, unsigned=unsigned)

    @classmethod
    def typed(cls, text: str, unsigned: str = "") -> "CellEditor":
        """Return an editor whose text replaces the old value."""
        return cls(text, len(text), unsigned=unsigned)

    @property
    def value(self) -> float | None:
        """The number typed so far, or None if the text is not a number or the old value."""
        return None if self._changes_nothing or self._fault else read_number(self.text)

    def key(self, key: str, character: str | None) -> "CellEditor | Leave":
        """Return the state after a key (Textual's name of it), or the end of the edit."""
        if key in _COMMITS:
            return self.commit(_COMMITS[key])
        end = len(self.text)
        match key:
            case "escape":
                return Leave(None)
            case "left":
                return self._at(max(0, self.caret - 1))
            case "right":
                return self._at(min(end, self.caret + 1))
            case "home" | "ctrl+a":
                return self._at(0)
            case "end" | "ctrl+e":
                return self._at(end)
            case "backspace" | "ctrl+h":  # some terminals send ^H for backspace
                return self._without(self.caret - 1, self.caret)
            case "delete":
                return self._without(self.caret, self.caret + 1)
            case "ctrl+u":
                return self._without(0, self.caret)
        if character is None or not character.isprintable():
            return replace(self, problem=self._forbidden)
        meant = plain_minus(character)
        return self._insert(meant if ord(meant) in NARROW_CODE_POINTS else "?")

    def paste(self, pasted: str) -> "CellEditor":
        """Return the state with a stripped text inserted, if the whole is then a number, or with the problem."""
        new = plain_minus(sanitize(pasted).strip())
        if not new:
            return self
        text, caret = self._kept
        pasted_in = self._insert(new)
        if len(text) + len(new) > MAX_CHARACTERS:
            return pasted_in
        if read_number(pasted_in.text) is None:
            made = quote_value(text[:caret] + new + text[caret:])
            return replace(self, problem=f"{made} is not a number, so nothing is pasted")
        if _PERHAPS_THOUSANDS.fullmatch(new):
            warning = f"{quote_value(new)} is read as {new.replace(',', '.')}: a comma is a decimal point here"
            return replace(pasted_in, problem=warning)
        return pasted_in

    def commit(self, move: Move | None = None) -> "CellEditor | Leave":
        """Return the end of the edit, or the state with the reason why the text is not accepted."""
        if self._changes_nothing:
            return Leave(None, move)
        if self._fault:
            return replace(self, fresh=False, wrong=True, problem=self._fault)
        return Leave(read_number(self.text), move)

    @property
    def _kept(self) -> tuple[str, int]:
        """The text into which more is inserted, and the caret in it."""
        return ("", 0) if self.fresh else (self.text, self.caret)

    @property
    def _changes_nothing(self) -> bool:
        return self.text in ("", self.before)

    @property
    def _forbidden(self) -> str:
        """Why the text can never become a number, or "" if it can."""
        forbidden = set(self.text) - NUMBER_CHARACTERS
        return (_SECOND_POINT if forbidden == {","} else _NOT_ALLOWED) if forbidden else ""

    @property
    def _fault(self) -> str:
        """Why the text is not accepted as it is, or ""."""
        value = read_number(self.text)
        if value is None or self._forbidden:
            return f'"{self.text}" is not a number'
        if abs(value) > LIMIT:
            return f'"{self.text}" is too large: at most {LIMIT:g} either way'
        return self.unsigned if value < 0.0 else ""

    def _at(self, caret: int) -> "CellEditor":
        return replace(self, caret=caret, fresh=False, problem=self._forbidden)

    def _changed(self, text: str, caret: int) -> "CellEditor":
        """Return the state with another text, in which a single comma becomes the decimal point."""
        text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        changed = replace(self, text=text, caret=caret, fresh=False)
        return replace(changed, wrong=bool(changed._forbidden), problem=changed._forbidden)

    def _without(self, start: int, end: int) -> "CellEditor":
        if self.fresh:
            return self._changed("", 0)
        start = max(0, start)
        return self._changed(self.text[:start] + self.text[end:], start)

    def _insert(self, new: str) -> "CellEditor":
        text, caret = self._kept
        if len(text) + len(new) > MAX_CHARACTERS:
            return replace(self, problem=f"at most {MAX_CHARACTERS} characters")
        return self._changed(text[:caret] + new + text[caret:], caret + len(new))
