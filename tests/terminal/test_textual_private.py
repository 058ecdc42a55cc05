"""Private names of Textual stand in one file, and the app works with a Textual that lacks any of them."""

import ast
import importlib
import inspect
import pkgutil
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import textual
from textual._compositor import Compositor

import relutui
from relutui.terminal import row_drawing, textual_private
from relutui.terminal.textual_private import MISSING, NAMES
from relutui.ui import app
from tests.promises.program import Program
from tests.support.screen import shown

ROOT = Path(relutui.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "textual_private.py")
FOREIGN = "textual", "rich"


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_imports(tree: ast.AST) -> Iterator[str]:
    """The names that are imported from Textual or rich and are private, or from a private module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in FOREIGN:
            yield from (
                f"{node.module}.{alias.name}"
                for alias in node.names
                if any(is_private(part) for part in (*node.module.split("."), alias.name))
            )


def private_attributes(text: str) -> Iterator[str]:
    """The private attributes of objects other than self that are not defined in the same text."""
    own = set(re.findall(r"(?:self\.|def |^    )(_[a-z]\w*)", text, re.MULTILINE))
    own |= {"_exit", "_asdict", "_replace"}  # which are public, of os and of a named tuple
    own |= {"_actions", "_SubParsersAction"}  # of argparse, whose arguments cli/completion.py lists
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
            yield ast.unparse(node)


def own_names(kind: type) -> set[str]:
    """The private names that a class defines, or sets or reads of itself."""
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(kind)))
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    methods = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in attributes | methods if is_private(name)}


def foreign_names(kind: type) -> set[str]:
    """The private names of the classes of Textual that a class is derived from."""
    return set().union(*(names_in(base) for base in kind.__mro__ if base.__module__.split(".")[0] in FOREIGN))


@cache
def names_in(kind: type) -> set[str]:
    """The private names that are in the source of a class, and all that it has."""
    return set(re.findall(r"(?:self\.|def )(_[a-zA-Z]\w*)", inspect.getsource(kind))) | set(vars(kind))


def own_classes() -> Iterator[type]:
    """The classes of relutui that are derived from one of Textual."""
    for wing in ("ui", "terminal", "plot"):
        for module in pkgutil.walk_packages([str(ROOT / wing)], f"relutui.{wing}."):
            for kind in vars(importlib.import_module(module.name)).values():
                is_own = isinstance(kind, type) and kind.__module__ == module.name != textual_private.__name__
                if is_own and any(base.__module__.startswith("textual") for base in kind.__mro__):
                    yield kind


def test_no_other_file_imports_a_private_name() -> None:
    assert len(FILES) > 100
    assert [(path.name, name) for path in FILES for name in private_imports(ast.parse(path.read_text()))] == []


def test_no_other_file_uses_a_private_attribute_of_another_object() -> None:
    paths = [path for path in FILES if path.relative_to(ROOT).parts[0] in ("ui", "terminal", "cli", "plot")]
    assert [(path.name, name) for path in paths for name in private_attributes(path.read_text())] == []


def test_no_class_uses_or_hides_a_private_name_of_its_base() -> None:
    clashes = {kind.__name__: own_names(kind) & foreign_names(kind) for kind in own_classes()}
    assert len(clashes) > 20
    assert {name: names for name, names in clashes.items() if names} == {}


def test_nothing_is_missing_from_the_textual_that_is_pinned() -> None:
    assert MISSING == []


def test_a_name_that_is_gone_is_found_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Compositor, "render_strips")
    missing = [path for path in NAMES if not textual_private._is_there(*path)]
    assert missing == [("textual._compositor", "Compositor", "render_strips")]
    assert not textual_private._is_there("textual._gone", "", "name")
    assert not textual_private._is_there("textual.app", "Gone", "name")


async def test_without_a_name_textual_draws_by_itself_which_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (textual_private, row_drawing, app):
        monkeypatch.setattr(module, "MISSING", ["textual.app.App._display"])
    drawn: list[object] = []
    monkeypatch.setattr(row_drawing, "Difference", lambda *update: drawn.append(update))
    async with shown() as screen:
        assert "Textual has no textual.app.App._display: it draws by itself, and sends more bytes" in screen.text
        await screen.press("+")
        assert screen.session.state.parameters.w[1] == 0.1
    assert drawn == []


def rename(name: str, folder: Path) -> None:
    """Copy Textual into a folder with another name for something in it."""
    shutil.copytree(Path(textual.__file__).parent, folder / "textual", ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.rglob("*.py"):
        text = path.read_text()
        renamed = re.sub(rf"(?<!textual\.)(?<!drivers\.)\b{name}\b", f"{name}_renamed", text)
        if renamed != text:
            path.write_text(renamed)


@pytest.mark.slow
@pytest.mark.parametrize("path", NAMES, ids=".".join)
def test_the_app_works_with_a_textual_that_calls_it_otherwise(path: tuple[str, str, str], tmp_path: Path) -> None:
    rename(path[2], tmp_path / "renamed")
    home = tmp_path / "home"
    home.mkdir()
    # A device that can be opened, as what is said of one that cannot would take the place of what is waited for.
    with Program(home, "lab", device=None, environment={"PYTHONPATH": str(tmp_path / "renamed")}) as program:
        program.wait_for(f"Textual has no {'.'.join(filter(None, path))}")
        program.wait_for("3.0┤")
        program.press("+")
        program.wait_until(lambda: "Textual has no" not in program.text)
        program.press("q")
        program.wait_for("Quit?")
        program.press("q")
        assert program.wait_for_end() == 0
        assert program.is_restored()
