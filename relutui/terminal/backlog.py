"""The output that a slow terminal has not taken yet."""

from textual.app import App

from relutui.terminal.textual_private import MISSING, driver_of, unsent_texts, writer_of


def is_behind(app: App[object]) -> bool:
    """Whether the last update still waits to be written.

    Textual 8.2's writer blocks the event loop once its queue is full, and nothing public tells how full it is.
    """
    driver = driver_of(app)
    if getattr(driver, "is_web", False):
        return bool(getattr(driver, "has_unsent", False))
    writer = writer_of(driver)
    return writer is not None and not MISSING and not unsent_texts(writer).empty()
