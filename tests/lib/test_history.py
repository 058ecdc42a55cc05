import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from relutui.lib.history import LIMIT, History


def test_undo_and_redo_walk_the_entries() -> None:
    history = History("a").push("b").push("c")
    assert history.undo().present == "b"
    assert history.undo().undo().present == "a"
    assert history.undo().undo().redo().redo().present == "c"


def test_pushes_of_one_group_are_one_entry() -> None:
    history = History(0).push(1, "nudge").push(2, "nudge").push(3, "nudge")
    assert history.present == 3
    assert history.undo().present == 0


def test_a_group_ends_with_another_push_and_with_undo() -> None:
    assert History(0).push(1, "g").push(2).push(3, "g").undo().present == 2
    assert History(0).push(1, "g").undo().push(2, "g").undo().present == 0


def test_a_push_forgets_what_was_undone() -> None:
    with pytest.raises(IndexError):
        History("a").push("b").undo().push("c").redo()


def test_nothing_before_the_first_and_after_the_last() -> None:
    with pytest.raises(IndexError):
        History("a").undo()
    with pytest.raises(IndexError):
        History("a").redo()


def test_only_so_many_entries_are_kept() -> None:
    history = History(0)
    for value in range(1, LIMIT + 10):
        history = history.push(value)
    assert len(history.past) == LIMIT
    assert history.past[0] == 9


class AgainstAList(RuleBasedStateMachine):
    """History behaves as a list of entries with a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.history, self.entries, self.place = History(0), [0], 0
        self.group: str | None = None

    @rule(value=st.integers(), group=st.sampled_from([None, "a", "b"]))
    def push(self, value: int, group: str | None) -> None:
        self.history = self.history.push(value, group)
        replaces = group is not None and group == self.group
        self.entries[self.place + (0 if replaces else 1) :] = [value]
        self.place, self.group = len(self.entries) - 1, group

    @rule()
    def undo(self) -> None:
        if self.place:
            self.history, self.place, self.group = self.history.undo(), self.place - 1, None

    @rule()
    def redo(self) -> None:
        if self.place < len(self.entries) - 1:
            self.history, self.place, self.group = self.history.redo(), self.place + 1, None

    @invariant()
    def same(self) -> None:
        whole = [*self.history.past, self.history.present, *self.history.future]
        assert (whole, self.history.present) == (self.entries, self.entries[self.place])


TestAgainstAList = AgainstAList.TestCase
