"""The progress bar of a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """What moves a bar."""

    def __call__(self, done: float, rest: str = "") -> None:
        """So many of the total are done; rest: what is to be said of the others."""


@contextmanager
def progress_bar(total: int, shown: bool) -> Iterator[Advance]:
    """A bar on standard error with the time left, if it is to be shown, and gone at the end."""
    if not shown or not total:
        yield lambda done, rest="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, rest="": bar.update(task, completed=done, description=rest)
