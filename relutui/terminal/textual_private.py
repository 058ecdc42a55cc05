"""Every private name of Textual that relutui uses, each with its reason and what would replace it.

Checked against Textual 8.2.8. `MISSING` is found as the app starts: if Textual lacks a single one of the names, none of them is
used, and Textual draws and reads the terminal by itself. A test keeps private names out of all other files.
"""

import asyncio
import signal
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual import work
from textual.app import App
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, MouseEvent
from textual.screen import Screen
from textual.strip import Strip

NAMES = (  # the module, the class (or ""), the name
    ("textual._compositor", "", "CompositorUpdate"),
    ("textual._compositor", "", "LayoutUpdate"),
    ("textual._compositor", "", "ChopsUpdate"),
    ("textual._compositor", "Compositor", "render_strips"),
    ("textual._context", "", "active_message_pump"),
    ("textual._xterm_parser", "XTermParser", "parse_mouse_code"),
    ("textual._xterm_parser", "XTermParser", "_sequence_to_key_events"),
    ("textual.app", "App", "_display"),
    ("textual.app", "App", "_driver"),
    ("textual.app", "App", "_handle_exception"),
    ("textual.command", "CommandPalette", "_gather_commands"),
    ("textual.command", "CommandPalette", "_GATHER_COMMANDS_GROUP"),
    ("textual.drivers._writer_thread", "WriterThread", "_queue"),
    ("textual.drivers.linux_driver", "LinuxDriver", "_file"),
    ("textual.drivers.linux_driver", "LinuxDriver", "_query_in_band_window_resize"),
    ("textual.drivers.linux_driver", "LinuxDriver", "_sigcont_application"),
    ("textual.drivers.linux_driver", "LinuxDriver", "_sigtstp_application"),
    ("textual.drivers.linux_driver", "LinuxDriver", "_writer_thread"),
    ("textual.screen", "Screen", "_compositor"),
)


def _is_there(module: str, owner: str, name: str) -> bool:
    """Whether a module, or a class in it, has a name; `__init__` may be what gives it to an instance."""
    try:
        holder = import_module(module)
        if owner:
            holder = getattr(holder, owner)
    except (ImportError, AttributeError):
        return False
    makers = (base.__dict__.get("__init__") for base in getattr(holder, "__mro__", ()))
    return hasattr(holder, name) or any(name in maker.__code__.co_names for maker in makers if hasattr(maker, "__code__"))


MISSING = [".".join(filter(None, path)) for path in NAMES if not _is_there(*path)]


class _Absent:
    """Stands for a class that Textual does not have: nothing is an instance of it."""


# The updates of the screen, as the compositor hands them to App._display; read by cell_diff to send only what differs.
# Replaced by a public description of an update.
if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate as ChopsUpdate
    from textual._compositor import CompositorUpdate as CompositorUpdate
    from textual._compositor import LayoutUpdate as LayoutUpdate
else:
    _compositor = import_module("textual._compositor")
    ChopsUpdate, CompositorUpdate, LayoutUpdate = (
        getattr(_compositor, name, _Absent) for name in ("ChopsUpdate", "CompositorUpdate", "LayoutUpdate")
    )


def filter_updates(app: App[Any], change: Callable[[Screen[Any], Any], Any]) -> None:
    """Pass every update of the screen through a function before it is sent.

    Nothing public stands between what Textual draws and what it sends. Replaced by a hook on what is rendered.
    """
    if not MISSING:
        display = app._display
        app._display = lambda screen, renderable: display(screen, change(screen, renderable))  # type: ignore[method-assign]


def display(app: App[Any], screen: Screen[Any], update: CompositorUpdate) -> None:
    """Send an update of a screen that Textual has not rendered. Replaced by a public way to send what a widget has drawn."""
    app._display(screen, cast(Any, update))


def handle_failures(app: App[Any], handle: Callable[[Exception], None]) -> None:
    """Call a function with every exception that ends the app, before Textual prints a traceback in colours.

    Replaced by a public handler of exceptions.
    """
    if not MISSING:
        fail = app._handle_exception

        def failed(error: Exception) -> None:
            handle(error)
            fail(error)

        app._handle_exception = failed  # type: ignore[method-assign]


def fail(app: App[Any], error: Exception) -> None:
    """End the app for an exception outside its own tasks. Replaced by `App.panic` with an exception."""
    app._handle_exception(error)


def asking_screen() -> Screen[Any] | None:
    """Return the screen whose message is being handled; None if it is not a screen's.

    App.pop_screen does not tell who asks for it. Replaced by a `Screen.dismiss` that does nothing for a screen that is gone.
    """
    if MISSING:
        return None
    from textual._context import active_message_pump

    pump = active_message_pump.get(None)
    return pump if isinstance(pump, Screen) else None


def screen_rows(screen: Screen[Any]) -> list[Strip]:
    """Return the rows of a whole screen, with all that lies over each other. Replaced by a screenshot as text."""
    return screen._compositor.render_strips()


def screen_text(screen: Screen[Any]) -> str:
    """Return a whole screen as lines of text without trailing spaces."""
    return "\n".join(row.text.rstrip() for row in screen_rows(screen)) + "\n"


def driver_of(app: App[Any]) -> Any:
    """Return the app's driver, None before it runs. Replaced by a public `App.driver`."""
    return getattr(app, "_driver", None)


def ask_for_file(app: App[Any]) -> None:
    """Have the browser ask for a file to upload. Replaced as `driver_of` is."""
    driver_of(app).tell("upload")


def writer_of(driver: Any) -> Any:
    """Return the thread that writes to the terminal, if there is one. Replaced by a driver that tells how much is unsent."""
    return getattr(driver, "_writer_thread", None)


def unsent_texts(writer: Any) -> Any:
    """Return the queue of what the writer has not sent: once it is full, the event loop waits. Replaced as `writer_of` is."""
    return writer._queue


def draw_on(driver: LinuxDriver, file: TextIOWrapper) -> None:
    """Have a driver write to a file: Textual takes standard error, wherever it leads. Replaced by an argument of the driver."""
    driver._file = file


def stop_in_event_loop(driver: LinuxDriver, loop: asyncio.AbstractEventLoop) -> None:
    """Have the event loop handle ctrl+z and fg.

    Textual's plain handlers interrupt anything, and wait forever for a lock held there. Replaced by the same in Textual.
    """
    loop.add_signal_handler(signal.SIGTSTP, driver._sigtstp_application)
    loop.add_signal_handler(signal.SIGCONT, driver._sigcont_application)


def never_ask_for_size(driver: LinuxDriver) -> None:
    """Keep a driver from asking the terminal for reports of its size.

    Signals tell of sizes, and Textual believes a report of any size. Replaced by a limit on what is believed.
    """
    driver._query_in_band_window_resize = lambda: None  # type: ignore[method-assign]


class KeyNames:
    """Textual's names of keys and its reading of the mouse. Replaced by a public table of key sequences."""

    def __init__(self) -> None:
        from textual._xterm_parser import XTermParser

        self._parser = XTermParser()

    def mouse(self, sequence: str) -> MouseEvent | None:
        """Return the event of an SGR mouse sequence."""
        return cast("MouseEvent | None", self._parser.parse_mouse_code(sequence))

    def keys(self, sequence: str) -> list[Key]:
        """Return the keys of a sequence; raise ValueError or OverflowError for a number that is no character."""
        return list(self._parser._sequence_to_key_events(sequence))


P = TypeVar("P", bound=CommandPalette)


def allow_late_search(palette: type[P]) -> type[P]:
    """Decorate a palette: a search that begins when the palette is gone finds nothing, instead of failing.

    The search is a worker, which starts after the keys typed ahead. Replaced by the same check in Textual.
    """
    if MISSING:
        return palette
    search: Any = CommandPalette._gather_commands
    search = search.__wrapped__

    async def gather(self: CommandPalette, search_value: str) -> None:
        try:
            await search(self, search_value)
        except NoMatches:
            if self in self.app.screen_stack:
                raise

    worker: Any = work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)(gather)
    palette._gather_commands = worker  # type: ignore[method-assign]
    return palette
