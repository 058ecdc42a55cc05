"""The output that a slow terminal has not taken yet."""

from textual.app import App

from relutui.terminal.textual_private import MISSING, driver_of, unsent_texts, writer_of


def is_behind(app: App[object]) -> bool:
    """Whether the last update still waits to be written.

    Textual 8.2's writer blocks the event loop once its queue is full, and nothing public tells how full it is.
    """
    writer = writer_of(driver_of(app))
    return writer is not None and not MISSING and not unsent_texts(writer).empty()
