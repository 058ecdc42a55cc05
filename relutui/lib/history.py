"""Undo and redo of any immutable value; it knows nothing of what it holds."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
LIMIT = 1000  # entries that can be undone


@dataclass(frozen=True)
class History(Generic[T]):
    """A present value between past and future ones; pushes of one group in a row are one entry."""

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()
    group: Hashable | None = None

    def push(self, value: T, group: Hashable | None = None) -> "History[T]":
        """A new present value; it replaces the present one if that was pushed with the same group, None being no group."""
        if group is not None and group == self.group:
            return History(value, self.past, (), group)
        return History(value, (*self.past, self.present)[-LIMIT:], (), group)

    def undo(self) -> "History[T]":
        """The value before the present entry; raises IndexError when there is none."""
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> "History[T]":
        """The value that was undone last; raises IndexError when there is none."""
        return History(self.future[0], (*self.past, self.present), self.future[1:])
