"""The progress bar of a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """Moves a progress bar."""

    def __call__(self, done: float, rest: str = "") -> None:
        """Show how much of the total is done; `rest` describes what is not."""


@contextmanager
def progress_bar(total: int, shown: bool) -> Iterator[Advance]:
    """Show a bar with the time left on standard error, if `shown`, and remove it at the end."""
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
