"""Undo and redo of immutable values of any type."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
LIMIT = 1000  # entries that can be undone


@dataclass(frozen=True)
class History(Generic[T]):
    """A present value between past and future ones; consecutive pushes of the same group form one entry.

    replaced: the value before the last push, which may be of the same entry; None after any other way to the present one.
    """

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()
    group: Hashable | None = None
    replaced: T | None = field(default=None, compare=False)

    def push(self, value: T, group: Hashable | None = None) -> "History[T]":
        """Push a new present value, or replace the present one if it was pushed with the same group; None is no group."""
        if group is not None and group == self.group:
            return History(value, self.past, (), group, self.present)
        return History(value, (*self.past, self.present)[-LIMIT:], (), group, self.present)

    def undo(self) -> "History[T]":
        """Go back to the entry before the present one.  Raises IndexError if there is none."""
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> "History[T]":
        """Go forward to the entry that was undone last.  Raises IndexError if there is none."""
        return History(self.future[0], (*self.past, self.present), self.future[1:])
