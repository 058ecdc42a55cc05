"""Typing a number into a cell: immutable states and the keys between them.  Knows no screen."""

import math
from dataclasses import dataclass, replace

from relutui.numbers import LIMIT
from relutui.selection import Move

LENGTH = 24  # characters; enough for every float, and a stray paste stays small
ALLOWED = frozenset("0123456789+-.eE")

_COMMITS: dict[str, Move | None] = {"enter": None, "tab": "next", "shift+tab": "previous", "up": "up", "down": "down"}


@dataclass(frozen=True)
class Leave:
    """The end of an edit: the value, None for the one before, and where to go from here."""

    value: float | None
    move: Move | None = None


@dataclass(frozen=True)
class CellEditor:
    """The text being typed and the caret in it.

    fresh: the whole text is selected, so that the first character typed replaces it.
    wrong: the text was to be kept but is not a number.  problem: why the last key was refused, if it was.
    before: the text of the value that stands; left as it is, it changes nothing.
    unsigned: why the value cannot be below 0, if it cannot.
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
        """An edit of the value that stands, if any: seven digits, all that float32 holds."""
        text = "" if value is None else f"{value + 0.0:.7g}"  # + 0.0 makes -0.0 a plain 0
        return cls(text, len(text), fresh=True, before=text, unsigned=unsigned)

    @classmethod
    def typed(cls, character: str, unsigned: str = "") -> "CellEditor":
        """An edit that starts with a character in the place of the value that stands."""
        return cls(character, len(character), unsigned=unsigned)

    @property
    def value(self) -> float | None:
        """The number so far; None while the text is none, or says what stands already."""
        return None if self._changes_nothing or self._fault else float(self.text)

    def key(self, key: str, character: str | None) -> "CellEditor | Leave":
        """The state after a key, named as Textual names it, or how the edit ends."""
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
            return replace(self, problem="")
        return self._insert(character) if character in ALLOWED else replace(self, problem=_why_not(character))

    def paste(self, pasted: str) -> "CellEditor":
        """The state with what a number can hold of the first line pasted."""
        line = next(iter(pasted.strip().splitlines()), "")[: 4 * LENGTH].replace(" ", "")
        kept = "".join(character for character in line if character in ALLOWED)
        left_out = "".join(
            dict.fromkeys(character for character in line if character not in ALLOWED and character.isprintable())
        )
        pasted_in = self._insert(kept) if kept else self
        return replace(pasted_in, problem=f'left out of what was pasted: "{left_out}"') if left_out else pasted_in

    def commit(self, move: Move | None = None) -> "CellEditor | Leave":
        """How the edit ends, or the state that says why the text cannot be kept."""
        if self._changes_nothing:
            return Leave(None, move)
        if self._fault:
            return replace(self, fresh=False, wrong=True, problem=self._fault)
        return Leave(float(self.text), move)

    @property
    def _changes_nothing(self) -> bool:
        return self.text in ("", self.before)

    @property
    def _fault(self) -> str:
        """Why the text cannot be kept, if it cannot."""
        try:
            value = float(self.text)
        except ValueError:
            return f'"{self.text}" is not a number'
        if not math.isfinite(value) or abs(value) > LIMIT:
            return f'"{self.text}" is too large: at most {LIMIT:g} either way'
        return self.unsigned if value < 0.0 else ""

    def _at(self, caret: int) -> "CellEditor":
        return replace(self, caret=caret, fresh=False, problem="")

    def _changed(self, text: str, caret: int) -> "CellEditor":
        return replace(self, text=text, caret=caret, fresh=False, wrong=False, problem="")

    def _without(self, start: int, end: int) -> "CellEditor":
        if self.fresh:
            return self._changed("", 0)
        start = max(0, start)
        return self._changed(self.text[:start] + self.text[end:], start)

    def _insert(self, new: str) -> "CellEditor":
        text, caret = ("", 0) if self.fresh else (self.text, self.caret)
        if len(text) + len(new) > LENGTH:
            return replace(self, problem=f"at most {LENGTH} characters")
        return self._changed(text[:caret] + new + text[caret:], caret + len(new))


def _why_not(character: str) -> str:
    if character == ",":
        return "a decimal point is typed as . here, not as a comma"
    return "only digits, + - . and e here; esc leaves the cell"
