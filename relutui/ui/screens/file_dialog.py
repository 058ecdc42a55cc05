"""The dialogs that ask for a path and write a file there."""

import os
from abc import abstractmethod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from relutui.exchange.problem import ExchangeError
from relutui.lib import files
from relutui.lib.face import IN_BROWSER, safe_name
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.library import is_shipped
from relutui.scenario.scenario import ScenarioError
from relutui.ui.widgets.path_input import PathInput, expanded

T = TypeVar("T")


class FileDialog(ModalScreen[T | None], Generic[T]):
    """Asks for a path, and writes a file there.

    An existing file is only overwritten if the same path is entered twice and the file has not changed in between; a file that
    is read-only or comes with the program is never overwritten.  In a browser it asks for a name, and the browser downloads the
    file.
    """

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    def __init__(self, title: str, name: str, known: tuple[files.File, ...], hint: str = "") -> None:
        """name: the path that is offered; known: files read or written before; hint: a line below the path."""
        super().__init__()
        self._title, self._known, self._hint = title, known, hint
        self._offered = safe_name(name) if IN_BROWSER.get() else name
        self._confirmed: files.File | None = None

    def compose(self) -> ComposeResult:
        """Yield the input for the path."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield PathInput(value=self._offered, id="path", select_on_focus=False)
            yield Static(Content(""), classes="error", id="problem")
            if self._hint:
                yield Static(Content(self._hint), classes="note")
            yield Static(f"enter {'downloads' if IN_BROWSER.get() else 'writes'}   esc cancels", classes="note")

    @abstractmethod
    def path_of(self, typed: str) -> Path:
        """Return the path that what was typed stands for.  Raises ValueError with what is wrong with it."""

    @abstractmethod
    def write(self, path: Path, over: bool) -> T:
        """Write the file, over an existing one only if `over`.

        Raises FileExistsError, ScenarioError, ExchangeError and OSError.
        """

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the file, or ask for confirmation if it exists."""
        if IN_BROWSER.get():
            self._hand_out(event.value.strip())
            return
        typed = expanded(event.value.strip())
        if os.path.basename(typed) in ("", ".", ".."):
            self._say(f'expected the name of a file, got "{event.value.strip()}"')
            return
        path = self.path_of(typed)
        try:
            written = self.write(path, self._may_replace(path))
        except FileExistsError:
            self._ask(path)
        except (ScenarioError, ExchangeError) as error:
            self._say(str(error))
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            self._say(f"{path}: {getattr(error, 'strerror', None) or error}")
        else:
            self.dismiss(written)

    def _hand_out(self, name: str) -> None:
        """Write what the browser is to download, in a folder that is gone again then."""
        if name != safe_name(name):
            self._say(f"expected a name of A-Z, a-z, 0-9, ., _ and -, such as {safe_name(name)}")
            return
        with TemporaryDirectory() as folder:
            path = Path(folder) / self.path_of(name)
            try:
                written = self.write(path, over=False)
            except (ScenarioError, ExchangeError) as error:
                self._say(str(error).replace(f"{path}", path.name))
            except OSError as error:
                self._say(f"{path.name}: {error.strerror}")
            else:
                for file in sorted(path.parent.iterdir()):
                    self.app.deliver_binary(file)
                self.dismiss(written)

    def done(self, verb: str, path: Path) -> str:
        """Say that a file is written, or that the browser has it."""
        return f"given to the browser: {path.name}" if IN_BROWSER.get() else f"{verb}: {path}"

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask for a new confirmation once the path is changed."""
        self._confirmed = None

    def _may_replace(self, path: Path) -> bool:
        """Return whether overwriting the file, as it now is, was confirmed and is allowed."""
        return files.File.at(path) == self._confirmed and not _refusal(path)

    def _ask(self, path: Path) -> None:
        """Ask whether to overwrite the file, or say why that is not allowed."""
        if refusal := _refusal(path):
            self._say(f"{path} {refusal}: choose another name")
            return
        known = [file for file in (self._confirmed, *self._known) if file and files.same_file(file.path, path)]
        self._confirmed = files.File.at(path)
        what = "has changed since" if known and known[0].changed else "exists"
        self._say(f"{path} {what}; enter again overwrites it")

    def _say(self, problem: str) -> None:
        self.query_one("#problem", Static).update(Content(sanitize_line(problem)))


def _refusal(path: Path) -> str:
    """Return why a file may not be overwritten, or "" if it may."""
    return "comes with relutui and cannot be changed" if is_shipped(path) else files.protected(path)
