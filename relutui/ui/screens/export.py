"""The dialog that exports the network or its chart to a file for other programs."""

from collections.abc import Callable
from pathlib import Path

from relutui.exchange.kinds import WRITTEN, ending_of, framework_of
from relutui.exchange.problem import ExchangeError
from relutui.lib.files import create_atomically, replace_atomically, same_file
from relutui.lib.safe_text import sanitize_line
from relutui.session.session import Session
from relutui.ui.export_content import session_content
from relutui.ui.screens.file_dialog import FileDialog

HINT = ".py .torch.py .keras.py .jax.py\n.npz .safetensors .onnx .loss.csv\n.csv .svg .png chart .txt screen"


class ExportDialog(FileDialog[str]):
    """Asks for a path, whose ending says what is written there; returns what is to be said of it."""

    def __init__(self, session: Session, screen: Callable[[], str]) -> None:
        """screen: makes the text of the main screen."""
        name = session.scenario.name
        super().__init__(f"Export {name} as it is now", f"{name}.py", (), HINT)
        self._session, self._screen = session, screen

    def path_of(self, typed: str) -> Path:
        """Return the path as typed."""
        return Path(typed)

    def write(self, path: Path, over: bool) -> str:
        """Write the file, and return what is to be said."""
        ending = ending_of(path)
        if ending not in WRITTEN:
            raise ExchangeError(f"{path}: expected one of the endings below")
        source = self._session.scenario.target.csv
        if source and same_file(source.file.path, path):
            raise ExchangeError(f"{path} is where the points come from: choose another name")
        content = session_content(self._session, path.stem, ending, self._screen, framework_of(path))
        (replace_atomically if over else create_atomically)(path, content)
        return sanitize_line(f"{self.done('exported', path)}, {WRITTEN[ending]}")
