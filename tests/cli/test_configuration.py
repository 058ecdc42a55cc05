"""relutui.toml: the user's own settings."""

import time
from argparse import Namespace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import platformdirs
import pytest

from relutui.cli.app_commands import needs_ascii
from relutui.cli.configuration import Configuration, ConfigurationError, configuration_file, device_of, read_configuration
from relutui.cli.main import main
from relutui.commands.command import key_text
from relutui.commands.contents import COMMANDS
from relutui.docs.pages import read_page


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration is looked for; there is none yet."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path)
    return tmp_path / "relutui.toml"


def test_without_a_file_all_is_as_it_comes(file: Path) -> None:
    assert configuration_file() == file
    assert read_configuration() == Configuration(theme=None, device=None, keys={})


@pytest.mark.parametrize("theme", ["dark", "light", "okabe-ito-dark", "okabe-ito-light"])
def test_a_theme(file: Path, theme: str) -> None:
    file.write_text(f'theme = "{theme}"\n')
    assert read_configuration() == Configuration(theme)


def test_every_error_is_said_at_once_in_a_line_of_its_own(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('theme = "ligth"\ntheem = 3\n"\x1b[31m" = 1\n'.replace("\x1b", "\\u001b"))
    monkeypatch.setattr("relutui.cli.app_commands.missing_terminal", lambda term: "")
    assert main(["lab"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f'{file}: theme: expected one of dark, light, okabe-ito-dark, okabe-ito-light, got "ligth" (did you mean light?)',
        f'{file}: unknown key "theem" (did you mean theme?)',
        f'{file}: unknown key "[31m" (known: theme, device, keys)',
    ]


def test_keys_are_added_to_those_of_commands(file: Path) -> None:
    file.write_text('[keys]\nstep = "f5"\nrun = ["f6", "&"]\n')
    assert {key: command.id for key, command in read_configuration().keys.items()} == {"f5": "step", "f6": "run", "&": "run"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('stpe = "f5"', 'no command is called "stpe" (did you mean step?)'),
        ('step = "s"', '"step": expected a key that does nothing yet, and "s" is for step'),
        ('step = ["f5", "f5"]', '"step": expected a key that does nothing yet, and "f5" is for step'),
        ('step = "&"\nrun = "&"', '"run": expected a key that does nothing yet, and "&" is for step'),
        ('step = "enter"', '"step": expected a key that does nothing yet, and "enter" is for the table'),
        ('step = "ctrl+c"', '"step": expected a key that does nothing yet, and "ctrl+c" is for the program'),
        ('step = "ctrl+i"', '"step": expected a key that does nothing yet, and "ctrl+i" is sent by terminals as tab'),
        ('step = "foo"', '"step": expected the name of a key such as "f5" or "ctrl+s", got "foo"'),
        ('step = "hyper+f5"', '"step": expected the name of a key such as "f5" or "ctrl+s", got "hyper+f5"'),
        ("step = 5", '"step": expected the name of a key such as "f5" or "ctrl+s", got 5'),
    ],
)
def test_a_key_that_cannot_be_added_is_said(file: Path, line: str, said: str) -> None:
    file.write_text(f"[keys]\n{line}\n")
    with pytest.raises(ConfigurationError) as raised:
        read_configuration()
    assert str(raised.value) == f"{file}: keys: {said}"


def test_thousands_of_wrong_keys_are_soon_said(file: Path) -> None:
    file.write_text("[keys]\n" + "".join(f"k{n} = 0\n" for n in range(6_000)))
    began = time.process_time()
    with pytest.raises(ConfigurationError) as raised:
        read_configuration()
    assert time.process_time() - began < 0.5
    assert len(str(raised.value).splitlines()) == 50


@pytest.mark.parametrize(
    ("option", "variable", "device"),
    [(None, None, "CPU:X86"), ("CL", None, "CL"), (None, "CUDA", None)],  # None: the engine itself looks at the variable
)
def test_the_device_is_that_of_the_option_the_variable_or_the_file(
    file: Path, option: str | None, variable: str | None, device: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('device = "CPU:X86"\n')
    monkeypatch.delenv("RELUTUI_DEVICE", raising=False)
    if variable:
        monkeypatch.setenv("RELUTUI_DEVICE", variable)
    assert device_of(Namespace(device=option)) == device


def test_training_goes_by_the_device_of_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('device = "GPU"\n')
    assert main(["train", "lab-free", "--steps", "1"]) == 1
    assert capsys.readouterr().err.startswith(f"{file}: device: expected one of CPU, CPU:X86, ")


def test_the_page_names_every_command_with_its_keys() -> None:
    *_, table, _ = read_page("configuration").split("```")
    rows = [line.split(maxsplit=1) for line in table.removeprefix("text\n").splitlines()]
    assert [(name, " ".join(rest.split())) for name, rest in rows] == [
        (command.id, f"{key_text(command)} {command.label}") for command in COMMANDS
    ]


def test_the_example_of_the_page_is_a_configuration(file: Path) -> None:
    file.write_text(read_page("configuration").split("```toml\n")[1].split("```")[0])
    configuration = read_configuration()
    assert (configuration.theme, configuration.device) == ("light", "CUDA")
    assert sorted(configuration.keys) == ["ctrl+r", "f5", "f6"]


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
