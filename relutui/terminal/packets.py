"""The packets between the app in a browser and its server, over the standard input and output of the app.

A packet is a letter for its kind, the number of its bytes (4 bytes, the highest first) and these: D what a terminal sends and
is sent, M a JSON object, F a file to be downloaded, its name in the first line.  Textual's own WebDriver writes D and M alike.
"""

import os
import threading
from collections.abc import Iterator
from queue import Queue

DRIVER = "relutui.terminal.web_driver:WebDriver"  # as TEXTUAL_DRIVER names it for the app in a browser
GROUND_VARIABLE = "RELUTUI_GROUND"  # of the environment, light or dark: what the browser prefers
START_MARK = b"__GANGLION__\n"  # before the first packet; Textual's server waits for this line
HEADER_BYTES = 5
MAX_QUEUED = 30  # packets; then who writes waits, as with Textual's writer for a terminal


def packet(kind: bytes, content: bytes) -> bytes:
    """Return the packet of some content."""
    return kind + len(content).to_bytes(4, "big") + content


def take_packets(buffer: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Take the complete packets out of a buffer: the kind and the content of each."""
    while len(buffer) >= HEADER_BYTES and len(buffer) >= (end := HEADER_BYTES + int.from_bytes(buffer[1:HEADER_BYTES], "big")):
        taken = bytes(buffer[:end])
        del buffer[:end]
        yield taken[:1], taken[HEADER_BYTES:]


class PacketWriter:
    """A thread that writes to a descriptor what it is given, each piece whole; once nobody reads any more, it drops all."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._queue: Queue[bytes | None] = Queue(MAX_QUEUED)
        self._thread = threading.Thread(target=self._run, name="relutui-packets", daemon=True)
        self._thread.start()

    @property
    def has_unsent(self) -> bool:
        """Whether something still waits to be written."""
        return not self._queue.empty()

    def write(self, data: bytes) -> None:
        """Queue bytes; wait while too much is queued."""
        self._queue.put(data)

    def stop(self) -> None:
        """Write what is queued, and end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_read = True
        while (data := self._queue.get()) is not None:
            rest = memoryview(data)
            while rest and is_read:
                try:
                    rest = rest[os.write(self._descriptor, rest) :]
                except OSError:  # the end of standard input, which comes with it, ends the app
                    is_read = False
