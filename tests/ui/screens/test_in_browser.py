"""The app where a browser shows it: files come and go by the browser, and what is the server's is not offered."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from textual.app import App

from relutui.cli.session_options import open_in_browser
from relutui.commands.contents import key_table
from relutui.lib.face import IN_BROWSER, safe_name
from relutui.scenario.library import load
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.share_string import share_string
from relutui.terminal.input import FileUploaded
from tests.support.places import ROOT
from tests.support.screen import shown

OPTIONS = {
    **dict.fromkeys(("scenario", "units", "optimizer", "learning_rate", "momentum", "scale", "weight_decay", "scheme")),
    **dict.fromkeys(("batch", "seed", "x", "y", "missing")),
}


@pytest.fixture(autouse=True)
def in_browser() -> Iterator[None]:
    token = IN_BROWSER.set(True)
    yield
    IN_BROWSER.reset(token)


@pytest.fixture
def delivered(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What the browser is given, by name."""
    files: dict[str, bytes] = {}

    def take(app: App[Any], given: Path | BinaryIO, save_filename: str | None = None) -> None:
        content = given.read_bytes() if isinstance(given, Path) else given.read()
        name = given.name if isinstance(given, Path) else save_filename
        assert name
        files[name] = content if isinstance(content, bytes) else content.encode()

    monkeypatch.setattr(App, "deliver_binary", take)
    monkeypatch.setattr(App, "deliver_text", take)
    return files


async def test_writing_is_a_download(delivered: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown() as screen:
        await screen.press("+", "w")
        assert "enter downloads" in screen.text
        await screen.press("enter")
        assert "given to the browser: lab-mine.toml" in screen.text
        assert not screen.session.unsaved
    (tmp_path / "again.toml").write_bytes(delivered.pop("lab-mine.toml"))
    assert load(tmp_path / "again.toml").start.w[1] == 0.1
    assert delivered == {}
    assert list(tmp_path.iterdir()) == [tmp_path / "again.toml"]


@pytest.mark.parametrize("name", ["../x.toml", "/etc/x.toml", "~/x.toml", "a b.toml", "ä.toml", ".x.toml", "x;y.toml", ""])
async def test_a_download_has_no_path_and_no_strange_name(name: str, delivered: dict[str, bytes]) -> None:
    async with shown() as screen:
        await screen.press("+", "w")
        await screen.enter_path(name)
        assert "expected a name of A-Z, a-z, 0-9, ., _ and -" in screen.text
    assert delivered == {}


async def test_exporting_and_sharing_are_downloads(delivered: dict[str, bytes]) -> None:
    async with shown() as screen:
        await screen.press("E")
        await screen.enter_path("net.zip")
        assert "net.zip: expected one of the endings below" in screen.text
        await screen.enter_path("net.npz")
        assert "given to the browser: net.npz" in screen.text
        await screen.press("Y")
        assert "share string: handed to the browser" in screen.text
        await screen.press("w")
        assert "given to the browser: lab-share.txt" in screen.text
    assert delivered["net.npz"].startswith(b"PK")
    assert delivered["lab-share.txt"].startswith(b"relutui:")


async def test_the_device_and_paths_are_not_offered() -> None:
    async with shown() as screen:
        await screen.press("d")
        assert "whoever runs the server chooses what to train on" in screen.text
        await screen.press("?")
        assert "d chooses another" not in screen.text
        await screen.press("escape", "o")
        assert "u opens a file of yours" in screen.text
        assert "path" not in screen.text
        await screen.press("slash")
        assert "or a share string" in screen.text
        assert "path" not in screen.text
        await screen.press("escape", "escape", "ctrl+z")
    keys = dict(key_table())
    assert "d" not in keys
    assert keys["o"] == "open the gallery of scenarios; there, u opens a file of yours"
    IN_BROWSER.set(False)
    assert "d" in dict(key_table())


async def test_what_is_uploaded_opens_whatever_is_on_the_screen(tmp_path: Path) -> None:
    async with shown() as screen:
        for name, before in (("one", ("?",)), ("two", ("o",)), ("three", ())):
            path = tmp_path / f"{name}.csv"
            path.write_text("x,y\n0,0\n1,1\n2,0\n")
            await screen.press(*before)
            screen.app.post_message(FileUploaded(path))
            await screen.settled()
            assert screen.session.scenario.name == name
            assert len(screen.app.screen_stack) == 1


async def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("title = 5")
    async with shown() as screen:
        screen.app.post_message(FileUploaded(tmp_path / "bad.toml"))
        await screen.settled()
        assert "bad.toml: title: expected" in screen.text


def test_only_what_is_served_or_was_uploaded_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "mine.csv").write_text("x,y\n0,0\n1,1\n2,0\n")
    (own / "link.csv").symlink_to(other / "mine.csv")
    monkeypatch.chdir(own)
    options = Namespace(**OPTIONS)
    shared = share_string(load(ROOT / "scenarios" / "lab.toml"))
    for name in ("lab", shared, "mine.csv", str(own / "mine.csv")):
        assert open_in_browser(options, name)
    for name in ("../other/mine.csv", str(other / "mine.csv"), "link.csv", "/etc/passwd", "~/x.toml", "..", "", ".", "a\0b"):
        with pytest.raises(ScenarioError):
            open_in_browser(options, name)
    options.scenario = str(other / "mine.csv")  # which the server was told to serve
    assert open_in_browser(options, options.scenario)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.toml", "a.toml"),
        ("my data.csv", "my-data.csv"),
        ("../../x", "x"),
        ("", "file"),
        ("ü", "file"),
        ("x" * 200, "x" * 100),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
