"""The driver of the app in a browser: packets over standard input and output, which the server hands on to the page."""

import asyncio
import json
import os
import select
import sys
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, TextIO

from textual import events
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from relutui.terminal.input import ESCAPE, FileUploaded, GroundReported
from relutui.terminal.input_stream import SILENCE_S, InputStream
from relutui.terminal.packets import GROUND_VARIABLE, START_MARK, PacketWriter, packet, take_packets
from relutui.terminal.typed_ahead import TypedAhead

# The alternate screen, no wrapping, clicks and drags of the mouse with their places, no cursor, pastes in brackets.
BEGIN = "\x1b[?1049h\x1b[?7l\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b[?2004h"


class WebDriver(Driver):
    """A driver for a process whose terminal is a page in a browser; it ends with its standard input."""

    def __init__(self, app: Any, **options: Any) -> None:
        columns, rows = int(os.environ.get("COLUMNS", "80")), int(os.environ.get("ROWS", "24"))
        super().__init__(app, **{**options, "size": options.get("size") or (columns, rows)})
        self._receiver, self._first_size = app, Size(columns, rows)
        assert sys.__stdin__
        assert sys.__stdout__
        self._input, output = sys.__stdin__.fileno(), sys.__stdout__.fileno()
        self._typed_ahead = TypedAhead(app, asyncio.get_running_loop())
        self._writer = PacketWriter(output)

    @property
    def is_web(self) -> bool:
        """Whether the app runs in a browser: yes."""
        return True

    @property
    def has_unsent(self) -> bool:
        """Whether something waits for the server to read it."""
        return self._writer.has_unsent

    def write(self, data: str) -> None:
        """Send text to the terminal in the page."""
        self._writer.write(packet(b"D", data.encode(errors="replace")))

    def tell(self, type: str) -> None:
        """Send a message to the server."""
        self._writer.write(packet(b"M", json.dumps({"type": type}).encode()))

    def start_application_mode(self) -> None:
        """Begin to draw and to read."""
        self._writer.write(START_MARK)
        self.write(BEGIN)
        self._resize(self._first_size)
        self.process_message(GroundReported(os.environ.get(GROUND_VARIABLE) == "light"))
        Thread(target=self.run_input_thread, name="textual-input", daemon=True).start()

    def disable_input(self) -> None:
        """Do nothing: input ends with the process."""

    def stop_application_mode(self) -> None:
        """Say that nothing more is drawn."""
        self.tell("exit")
        self._writer.stop()

    def run_input_thread(self) -> None:
        """Read packets until standard input ends, which ends the app."""
        stream, buffer = InputStream(self.process_message, self._typed_ahead), bytearray()
        while True:
            if select.select([self._input], [], [], SILENCE_S)[0]:
                if not (data := self._read()):
                    self._receiver.hang_up()
                    return
                buffer += data
                for kind, content in take_packets(buffer):
                    if kind == b"D":
                        stream.feed(content)
                        if content == ESCAPE.encode():  # the page sends a key at a time, so nothing belongs to it
                            stream.complete()
                    elif kind == b"M":
                        self._take(json.loads(content))
            else:
                stream.rest()

    def _read(self) -> bytes:
        try:
            return os.read(self._input, 1 << 16)
        except OSError:
            return b""

    def _take(self, message: dict[str, Any]) -> None:
        """Follow a message of the server."""
        match message["type"]:
            case "resize":
                self._resize(Size(message["width"], message["height"]))
            case "uploaded":
                self.process_message(FileUploaded(Path(message["path"])))

    def _resize(self, size: Size) -> None:
        self.process_message(events.Resize(size, size))

    def send_message(self, message: Message) -> None:
        """Queue a message until the app has room for it."""
        self._typed_ahead.send(message)

    def deliver_binary(self, binary: BinaryIO | TextIO, *, save_path: Path, **options: Any) -> None:
        """Have the browser download a file under the name of a path."""
        content = binary.read()
        binary.close()
        data = content.encode() if isinstance(content, str) else content
        self._writer.write(packet(b"F", save_path.name.encode(errors="replace") + b"\n" + data))
