"""Stands for the app behind a page: draws what is typed, and does what some words ask for."""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from relutui.terminal.packets import START_MARK, packet, take_packets


def draw(text: str) -> None:
    with suppress(BrokenPipeError):  # the page is gone
        os.write(1, packet(b"D", text.encode()))


def main() -> None:
    with suppress(BrokenPipeError):
        os.write(1, START_MARK)
    draw(f"begun in {Path.cwd()} at {os.environ['COLUMNS']}x{os.environ['ROWS']}, {os.environ['RELUTUI_GROUND']}\n")
    buffer = bytearray()
    while data := os.read(0, 1 << 16):
        buffer += data
        for kind, content in take_packets(buffer):
            if kind == b"M":
                draw(f"told {json.dumps(json.loads(content), sort_keys=True)}\n")
                continue
            match content.decode().split():
                case ["exit"]:
                    print("a last word\x1b[2J", file=sys.stderr)
                    return
                case ["fail"]:
                    sys.exit(1)
                case ["deliver", name, text]:
                    os.write(1, packet(b"F", f"{name}\n{text}".encode()))
                case ["ask"]:
                    os.write(1, packet(b"M", b'{"type": "upload"}'))
                case ["hang"]:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    draw("hangs\n")
                    time.sleep(600)
                case _:
                    draw(f"typed {content.decode()}\n")
    Path("ended").touch()


main()
