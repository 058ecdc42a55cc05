"""The driver behind a page, with pipes in the place of a server."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Size

from relutui.terminal.backlog import is_behind
from relutui.terminal.input import FileUploaded, GroundReported, InputDropped
from relutui.terminal.packets import GROUND_VARIABLE, MAX_QUEUED, START_MARK, PacketWriter, packet, take_packets
from relutui.terminal.web_driver import BEGIN, WebDriver
from tests.support.waiting import until
from tests.terminal.test_driver import Taker


class Server:
    """The other end of a driver's input and output."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (reading, self.typing), (self.drawn, writing) = os.pipe(), os.pipe()
        self.input, self.output = os.fdopen(reading, "rb"), os.fdopen(writing, "wb")
        monkeypatch.setattr(sys, "__stdin__", self.input)
        monkeypatch.setattr(sys, "__stdout__", self.output)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setenv("ROWS", "30")
        monkeypatch.setenv(GROUND_VARIABLE, "light")
        self.taker = Taker()
        self.driver = WebDriver(self.taker)
        self.buffer = bytearray()

    def send(self, kind: bytes, content: bytes) -> None:
        os.write(self.typing, packet(kind, content))

    def tell(self, **content: Any) -> None:
        self.send(b"M", json.dumps(content).encode())

    async def packets(self, number: int) -> list[tuple[bytes, bytes]]:
        found: list[tuple[bytes, bytes]] = []
        while len(found) < number:
            self.buffer += await asyncio.to_thread(os.read, self.drawn, 1 << 16)
            if self.buffer.startswith(START_MARK):
                del self.buffer[: len(START_MARK)]
            found += take_packets(self.buffer)
        return found

    def taken(self, kind: type) -> list[Any]:
        return [message for message in self.taker.queue if isinstance(message, kind)]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    server = Server(monkeypatch)
    server.driver.start_application_mode()
    yield server
    if not server.taker.hung_up:
        os.close(server.typing)
        await until(lambda: server.taker.hung_up == 1)
    os.close(server.drawn)
    server.input.close()
    server.output.close()


async def test_it_begins_with_the_size_and_the_ground_of_the_page(server: Server) -> None:
    assert await server.packets(1) == [(b"D", BEGIN.encode())]
    await until(lambda: len(server.taker.queue) == 2)
    assert server.taken(events.Resize)[0].size == Size(100, 30)
    assert server.taken(GroundReported)[0].is_light
    assert server.driver.is_web
    assert not server.driver.can_suspend


async def test_keys_sizes_and_files_come_in_packets_of_any_cut(server: Server) -> None:
    sent = packet(b"D", "ä\x1b[A".encode()) + packet(b"M", b'{"type": "resize", "width": 80, "height": 24}')
    sent += (
        packet(b"M", b'{"type": "uploaded", "path": "/x/y.csv"}') + packet(b"M", b'{"type": "unknown"}') + packet(b"D", b"s")
    )
    for cut in range(0, len(sent), 3):
        os.write(server.typing, sent[cut : cut + 3])
    await until(lambda: [key.key for key in server.taken(events.Key)] == ["ä", "up", "s"])
    assert server.taken(events.Resize)[-1].size == Size(80, 24)
    assert server.taken(FileUploaded)[0].path == Path("/x/y.csv")


async def test_an_escape_is_no_part_of_the_key_after_it(server: Server) -> None:
    for key in (b"\x1b", b"o", b"\x1b", b"[", b"\x1b[A"):
        server.send(b"D", key)
    await until(lambda: [key.key for key in server.taken(events.Key)] == ["escape", "o", "escape", "left_square_bracket", "up"])


async def test_a_paste_comes_whole_and_a_flood_is_dropped(server: Server) -> None:
    server.send(b"D", b"\x1b[200~1.5\x1b[201~")
    await until(lambda: [paste.text for paste in server.taken(events.Paste)] == ["1.5"])
    server.send(b"D", b"x" * 100_000)
    await until(lambda: bool(server.taken(InputDropped)))


async def test_the_end_of_the_input_hangs_up(server: Server) -> None:
    os.close(server.typing)
    await until(lambda: server.taker.hung_up == 1)


async def test_files_and_wishes_go_to_the_server(server: Server) -> None:
    await server.packets(1)
    server.driver.deliver_binary(BytesIO(b"\0\xff"), save_path=Path("/anywhere/net.npz"))
    server.driver.deliver_binary(StringIO("relutui:ü\n"), save_path=Path("share.txt"), encoding="utf-8")
    server.driver.tell("upload")
    server.driver.write("ŷ")
    assert await server.packets(4) == [
        (b"F", b"net.npz\n\0\xff"),
        (b"F", "share.txt\nrelutui:ü\n".encode()),
        (b"M", b'{"type": "upload"}'),
        (b"D", "ŷ".encode()),
    ]


async def test_a_server_that_does_not_read_is_noticed(server: Server) -> None:
    app: Any = type("App", (), {"_driver": server.driver})()
    await server.packets(1)
    assert not is_behind(app)
    server.driver.write("x" * 200_000)  # more than a pipe holds
    server.driver.write("y")
    assert is_behind(app)
    assert [len(content) for _, content in await server.packets(2)] == [200_000, 1]
    await until(lambda: not is_behind(app))


def test_a_writer_whose_reader_is_gone_drops_what_it_is_given() -> None:
    reading, writing = os.pipe()
    writer = PacketWriter(writing)
    os.close(reading)
    for _ in range(3 * MAX_QUEUED):
        writer.write(b"x")
    writer.stop()
    os.close(writing)
