"""What is refused before a cluster is met."""

import sys
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.cluster.address import TLS_FILES, read_address
from relutui.cluster.task import DEVICE_KEY
from relutui.docs.pages import read_page

SWEEP = ["sweep", "lab-free", "--seeds", "5", "--steps", "20"]


def refusal(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    status, said = main(command), capsys.readouterr().err
    assert said.count("\n") == 1
    return status, said.strip()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nowhere.json", "nowhere.json: No such file or directory"),
        ("other.json", "other.json: expected a scheduler file, JSON with an address"),
        ("list.json", "list.json: expected a scheduler file, JSON with an address"),
        ("http://a:1", 'expected tcp://HOST:PORT, tls://HOST:PORT or a scheduler file, got "http://a:1"'),
        ("tcp://a", 'expected tcp://HOST:PORT, tls://HOST:PORT or a scheduler file, got "tcp://a"'),
        ("tcp://a:b", 'expected tcp://HOST:PORT, tls://HOST:PORT or a scheduler file, got "tcp://a:b"'),
        ("tls://a:1", "tls://a:1 needs --cluster-tls FOLDER, with ca.pem, cert.pem, key.pem"),
    ],
)
@pytest.mark.parametrize("command", [[*SWEEP, "--cluster"], ["worker"]], ids=["sweep", "worker"])
def test_an_address_that_is_none(
    command: list[str],
    address: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.json").write_text('{"address": 3}')
    (tmp_path / "list.json").write_text("[1]")
    assert refusal(capsys, *command, address) == (1, words)


def test_what_is_missing_of_the_certificates_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ca.pem").touch()
    expected = f"--cluster-tls {tmp_path}: expected ca.pem, cert.pem, key.pem; cert.pem, key.pem missing"
    assert refusal(capsys, *SWEEP, "--cluster", "tls://a:1", "--cluster-tls", str(tmp_path)) == (1, expected)


def test_options_that_do_not_belong_together(capsys: pytest.CaptureFixture[str]) -> None:
    for options in (["--mixed"], ["--cluster-tls", "folder"]):
        assert refusal(capsys, *SWEEP, *options) == (2, "relutui: --cluster-tls and --mixed are for --cluster")
    words = "relutui: --device and --workers are for this machine; each worker of a cluster has its own device"
    for options in (["--device", "CPU"], ["--workers", "2"]):
        assert refusal(capsys, *SWEEP, "--cluster", "tcp://a:1", *options) == (2, words)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "any"])
def test_a_port_that_is_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["worker", "tcp://127.0.0.1:8786", "--port", port])
    assert "argument --port: expected a " in capsys.readouterr().err


@pytest.mark.parametrize("command", [[*SWEEP, "--cluster", "tcp://a:1"], ["worker", "tcp://a:1"]], ids=["sweep", "worker"])
def test_without_the_extra_the_line_to_install_it_is_said(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("dask", "distributed")]:
        monkeypatch.setitem(sys.modules, name, None)
    for name in [name for name in sys.modules if name.startswith("relutui.cluster.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = "relutui: a cluster needs distributed: pip install 'relutui[cluster]'"
    assert refusal(capsys, *command) == (2, words)


def test_the_page_names_the_files_and_the_variable() -> None:
    page = read_page("cluster")
    for name in (*TLS_FILES, f"DASK_{DEVICE_KEY.replace('.', '__').upper()}"):
        assert name in page


def test_only_a_scheduler_on_this_machine_is_here() -> None:
    assert read_address("tcp://127.0.0.1:8786", None).is_here
    assert read_address("tcp://localhost:8786", None).is_here
    assert not read_address("tcp://192.0.2.1:8786", None).is_here  # an address that is kept for examples
    assert not read_address("tcp://nowhere.invalid:8786", None).is_here


def test_a_worker_for_another_machine_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status, said = refusal(capsys, "worker", "tcp://192.0.2.1:8786")
    assert status == 1
    assert said == (
        "tcp://192.0.2.1:8786 is on another machine, and relutui listens on 127.0.0.1 only: "
        "go through ssh or start `dask worker`; `relutui docs cluster` has both"
    )
