"""The process of the app that a page shows, and the packets from it and to it."""

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from relutui.terminal.packets import HEADER_BYTES, START_MARK, packet

UNREAD_BYTES = 4096  # that a pipe may hold: what a slow browser has not taken yet the app is to know of, and wait
MAX_PACKET_BYTES = 64_000_000
MAX_SAID_BYTES = 4096  # of standard error
GRACE_S = 2.0  # for the process to keep what was not written


class AppProcess:
    """A running process; it ends when its standard input does."""

    def __init__(self, process: asyncio.subprocess.Process, output: asyncio.StreamReader, pipe: asyncio.ReadTransport) -> None:
        self._process, self._output, self._pipe = process, output, pipe
        self.said = b""  # the end of what it wrote to standard error
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> "AppProcess":
        """Start a command in a folder.  Raises OSError."""
        reading, writing = os.pipe()
        with suppress(AttributeError, OSError):  # other systems than Linux
            fcntl.fcntl(reading, fcntl.F_SETPIPE_SZ, UNREAD_BYTES)
        output = asyncio.StreamReader(limit=UNREAD_BYTES)
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", 0)
        )
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=writing,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                cwd=folder,
                start_new_session=True,  # ctrl-C in the server's terminal is the server's
            )
        except OSError:
            pipe.close()
            raise
        finally:
            os.close(writing)
        return cls(process, output, pipe)

    @property
    def has_failed(self) -> bool:
        """Whether it has ended otherwise than by itself."""
        return bool(self._process.returncode)

    async def packets(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """Yield the kind and the content of each packet, until the process ends."""
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            await self._output.readuntil(START_MARK)
            while True:
                header = await self._output.readexactly(HEADER_BYTES)
                if (length := int.from_bytes(header[1:], "big")) > MAX_PACKET_BYTES:
                    return
                yield header[:1], await self._output.readexactly(length)

    async def type(self, text: str) -> None:
        """Send what was typed."""
        await self._send(packet(b"D", text.encode(errors="replace")))

    async def tell(self, type: str, **content: object) -> None:
        """Send a message."""
        await self._send(packet(b"M", json.dumps({"type": type, **content}).encode()))

    async def _send(self, data: bytes) -> None:
        assert self._process.stdin
        with suppress(ConnectionError, RuntimeError):  # it has ended, which packets() tells
            self._process.stdin.write(data)
            await self._process.stdin.drain()

    async def end(self) -> None:
        """End the process, which keeps what was not written; in GRACE_S at the latest."""
        assert self._process.stdin
        self._process.stdin.close()
        self._pipe.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), GRACE_S / 2)
                break
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
        await self._process.wait()
        with suppress(ProcessLookupError, PermissionError):  # what it has started ends with it
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.wait([self._listening], timeout=GRACE_S)
        self._listening.cancel()

    async def _listen(self) -> None:
        assert self._process.stderr
        while data := await self._process.stderr.read(MAX_SAID_BYTES):
            self.said = (self.said + data)[-MAX_SAID_BYTES:]
