"""What Textual does not tell about the terminal."""

from textual.app import App


def is_behind(app: App[object]) -> bool:
    """Whether the last drawing still waits for a slow terminal to take it.

    Textual 8.2's writer blocks the event loop once its queue is full, and nothing public tells how full it is.
    """
    writer = getattr(app._driver, "_writer_thread", None)
    return writer is not None and not writer._queue.empty()
