"""relutui.toml: the user's own settings."""

from io import BytesIO, TextIOWrapper
from pathlib import Path

import platformdirs
import pytest

from relutui.cli.app_commands import needs_ascii
from relutui.cli.configuration import Configuration, ConfigurationError, configuration_file, read_configuration
from relutui.cli.main import main


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration is looked for; there is none yet."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path)
    return tmp_path / "relutui.toml"


def test_without_a_file_all_is_as_it_comes(file: Path) -> None:
    assert configuration_file() == file
    assert read_configuration() == Configuration(theme=None)


@pytest.mark.parametrize("theme", ["dark", "light", "okabe-ito-dark", "okabe-ito-light"])
def test_a_theme(file: Path, theme: str) -> None:
    file.write_text(f'theme = "{theme}"\n')
    assert read_configuration() == Configuration(theme)


def test_every_error_is_said_at_once_in_a_line_of_its_own(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('theme = "ligth"\ntheem = 3\n"\x1b[31m" = 1\n'.replace("\x1b", "\\u001b"))
    monkeypatch.setattr("relutui.cli.app_commands._missing_terminal", lambda term: "")
    assert main(["lab"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f'{file}: theme: expected one of dark, light, okabe-ito-dark, okabe-ito-light, got "ligth" (did you mean light?)',
        f'{file}: unknown key "theem" (did you mean theme?)',
        f'{file}: unknown key "[31m" (known: theme)',
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"theme = light\n", "line 1, column 9: invalid value"),
        (b"theme = '\xff'\n", "not UTF-8 at byte 9"),
        (b"#" * 65_000, "expected at most 64 kB"),
        (b"[theme]\n", "theme: expected one of dark, light, okabe-ito-dark, okabe-ito-light, got a table"),
    ],
)
def test_what_cannot_be_read_is_said(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        read_configuration()
    assert str(raised.value) == f"{file}: {said}"


def test_a_folder_of_that_name_is_said(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigurationError, match="directory"):
        read_configuration()


@pytest.mark.parametrize(
    ("term", "encoding", "ascii_alone"),
    [
        ("xterm-256color", "UTF-8", False),
        ("xterm", "utf8", False),
        ("linux", "UTF-8", True),
        ("xterm", "ANSI_X3.4-1968", True),
        ("xterm", "ISO-8859-1", True),
    ],
)
def test_the_console_and_other_locales_get_ascii(
    term: str, encoding: str, ascii_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: encoding)
    assert needs_ascii(term) == ascii_alone


def test_a_screen_is_rendered_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "one-unit", "--plain", "--theme", "light", "--size", "40x12"]) == 0
    assert capsys.readouterr().out.isascii()


def test_for_an_output_that_is_not_utf8_a_screen_is_rendered_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    with TextIOWrapper(BytesIO(), "latin-1", write_through=True) as output:
        monkeypatch.setattr("sys.stdout", output)
        assert main(["render", "one-unit", "--size", "40x12"]) == 0
        output.seek(0)
        assert output.read().isascii()
        monkeypatch.undo()
