"""A scheduler and workers in processes of their own: how they are met, and what happens when they go."""

import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from relutui.cli.main import main
from relutui.cluster import client
from tests.cluster.processes import PROGRAMS, process, scheduler, wait_until, worker
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.slow

SWEEP = ["sweep", "lab-free", "--seeds", "500", "--units", "2,3", "--steps", "200"]


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_a_scheduler_that_goes_leaves_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "FIRST_WORK", 20)  # so that there are chunks enough when it goes
    monkeypatch.setattr(client, "MAX_GROWTH", 1)
    monkeypatch.setattr(client, "CHUNK_S", 1e9)
    file, part = tmp_path / "starts.csv", tmp_path / "starts.csv.part"
    port = free_port()
    with (
        scheduler(tmp_path) as (running, address),
        worker(tmp_path, tmp_path / "scheduler.json", "--port", str(port)) as working,
    ):
        with process(tmp_path / "second.log", "relutui", "worker", address, "--port", str(port)) as second:
            assert second.wait(LIMIT) == 1
        assert (tmp_path / "second.log").read_text() == f"--port {port}: Address already in use\n"

        def kill() -> None:
            wait_until(lambda: part.exists() and part.read_bytes().count(b"\n") > 2, "the first rows")
            running.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        assert main([*SWEEP, "--csv", str(file), "--cluster", str(tmp_path / "scheduler.json")]) == 1
        killer.join()
        finished = part.read_bytes().count(b"\n") - 2
        why = f"interrupted (the scheduler at {address} is gone)"
        assert one_line(capsys) == f"{why}: {finished} of 1,000 networks were finished; --resume goes on from {part}\n"
        assert working.wait(LIMIT) == 1
        assert (tmp_path / "worker.log").read_text().splitlines()[1:] == [f"the scheduler at {address} is gone"]
    assert main([*SWEEP, "--csv", str(file), "--resume", "--device", "CPU:X86"]) == 0
    assert main([*SWEEP, "--csv", str(tmp_path / "whole.csv"), "--device", "CPU:X86"]) == 0
    assert file.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_only_with_a_certificate_of_its_own_does_one_meet_an_encrypted_cluster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, other = (certificates(tmp_path / name) for name in ("own", "other"))
    files = {"ca-file": "ca.pem", "cert": "cert.pem", "key": "key.pem"}
    options = [f"--tls-{option}={own / file}" for option, file in files.items()]
    with scheduler(tmp_path, "--protocol", "tls", *options) as (_, address):
        assert address.startswith("tls://127.0.0.1:")
        sweep = ["sweep", "lab-free", "--seeds", "10", "--steps", "20", "--cluster"]
        assert main([*sweep, address]) == 1
        assert one_line(capsys) == f"{address} needs --cluster-tls FOLDER, with ca.pem, cert.pem, key.pem\n"
        plain = address.replace("tls:", "tcp:")
        assert main([*sweep, plain]) == 1
        assert one_line(capsys).startswith(f"no connection to a scheduler at {plain}: ")
        assert main([*sweep, plain, "--cluster-tls", str(own)]) == 1
        assert one_line(capsys).endswith("would not be encrypted\n")
        assert main([*sweep, address, "--cluster-tls", str(other)]) == 1
        assert one_line(capsys).startswith(f"no connection to a scheduler at {address}: ")
        with worker(tmp_path, address, "--cluster-tls", own) as working:
            assert main([*sweep, address, "--cluster-tls", str(own)]) == 0
            working.send_signal(signal.SIGINT)
            assert working.wait(LIMIT) == 130
            assert len((tmp_path / "worker.log").read_text().splitlines()) == 1


def certificates(folder: Path) -> Path:
    """A folder with the certificate of an authority, and a certificate and key signed by it."""
    folder.mkdir()
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    sign = ["openssl", "x509", "-req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
    for command in (
        [*new, "-keyout", "ca.key", "-x509", "-out", "ca.pem", "-subj", "/CN=authority"],
        [*new, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=relutui"],
        [*sign, "-in", "request.pem", "-out", "cert.pem"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=LIMIT)
    return folder


def test_an_address_that_nobody_hears(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        for command in ([*SWEEP, "--cluster", address], ["worker", address, "--death-timeout", "1"]):
            assert main(command) == 1
            assert one_line(capsys) == f"no connection to a scheduler at {address}: Connection refused\n"


def test_a_server_of_another_kind(capsys: pytest.CaptureFixture[str]) -> None:
    def answer() -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert main([*SWEEP, "--cluster", address]) == 1
        assert one_line(capsys) == f"no connection to a scheduler at {address}: no Dask scheduler\n"
        server.shutdown(socket.SHUT_RDWR)


def test_a_kill_leaves_what_is_finished(tmp_path: Path) -> None:
    sweep = ["sweep", "lab-free", "--seeds", "1500", "--units", "1..3", "--steps", "500", "--device", "CPU:X86"]
    file, part = tmp_path / "starts.csv", tmp_path / "starts.csv.part"
    with subprocess.Popen([PROGRAMS / "relutui", *sweep, "--csv", file], stdout=subprocess.DEVNULL) as running:
        wait_until(lambda: part.exists() and part.read_bytes().count(b"\n") > 2, "the first rows")
        running.kill()
    assert (file.exists(), part.exists()) == (False, True)
    assert main([*sweep, "--csv", str(file), "--resume"]) == 0
    assert main([*sweep, "--csv", str(tmp_path / "whole.csv")]) == 0
    assert file.read_bytes() == (tmp_path / "whole.csv").read_bytes()
