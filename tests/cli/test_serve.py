"""`relutui serve`, as far as it gets without serving: what it is told, and what it says is wrong."""

import socket
import sys
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.cli.parser import make_parser


@pytest.fixture
def taken() -> socket.socket:
    """A socket that has a port."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen()
    return bound


def said(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_a_port_that_is_taken_is_said(taken: socket.socket, state_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with taken:
        port = taken.getsockname()[1]
        assert main(["serve", "lab", "--port", str(port)]) == 2
        assert said(capsys) == f"relutui: port {port} of 127.0.0.1 is taken: --port names another"


@pytest.mark.parametrize("missing", ["aiohttp", "textual_serve"])
def test_what_is_not_installed_is_said(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in list(sys.modules):
        if name.startswith("relutui.web"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["serve"]) == 2
    assert said(capsys) == f"relutui: serve needs {missing}: pip install 'relutui[web]'"


def test_an_unknown_scenario_is_said_before_anything_is_served(state_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "labb"]) == 1
    assert said(capsys) == 'no scenario and no file is called "labb" (did you mean lab?)'
    assert not state_folder.exists()


def test_a_home_that_takes_no_folders_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert main(["serve"]) == 1
    assert said(capsys).endswith(": Not a directory")


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "ftp://example.org/", "https://", "https:///x", "https://a b/", "https://x/?q", "https://x/#f"),
        *("https://me@example.org/", "https://example.org:0/", "https://example.org:x/", "https://[x/", "https://é.org/"),
    ],
)
def test_an_address_that_no_proxy_can_have_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["serve", "--public-url", url])
    assert refused.value.code == 2
    assert "--public-url: expected an address such as https://example.org/relutui/, got" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--port", "0"], ["--port", "65536"], ["--users", "0"], ["--users", "-1"], ["--host", "x"]]
)
def test_other_wrong_options_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["serve", *arguments])
    assert refused.value.code == 2


def test_the_address_of_a_proxy_ends_in_a_slash() -> None:
    options = make_parser().parse_args(["serve", "--public-url", "https://example.org/relutui"])
    assert options.public_url == "https://example.org/relutui/"
    assert (options.port, options.users) == (8000, 30)
