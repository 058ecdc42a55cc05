"""A page that is open: its websocket, and the process of the app behind it."""

import asyncio
import json
import re
import secrets
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from relutui.lib.face import safe_name
from relutui.web.app_process import AppProcess

MAX_COLUMNS, MAX_ROWS = 400, 200
MAX_DOWNLOADS = 4  # that a page has not fetched yet; the oldest goes first


class Session:
    """A page of a user, with an id that only this page knows."""

    def __init__(self, user: Path, websocket: web.WebSocketResponse, process: AppProcess) -> None:
        """user: the folder of the user."""
        self.id, self.user = secrets.token_urlsafe(16), user
        self._websocket, self._process = websocket, process
        self._stopped = asyncio.Event()
        self._downloads: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    async def run(self) -> None:
        """Hand on what is typed and what is drawn, until the page or the process ends."""
        tasks = [asyncio.create_task(work) for work in (self._draw(), self._type(), self._stopped.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Close the page's websocket, and say whether the server ends or the process has failed."""
        ended = WSCloseCode.INTERNAL_ERROR if self._process.has_failed else WSCloseCode.OK
        with suppress(ConnectionError):
            await self._websocket.close(code=WSCloseCode.GOING_AWAY if self._stopped.is_set() else ended)

    def stop(self) -> None:
        """End it because the server ends."""
        self._stopped.set()

    def take_download(self, key: str) -> tuple[str, bytes] | None:
        """Return the name and content of a file that the app hands out, for the only time; None if there is none."""
        return self._downloads.pop(key, None)

    async def tell_of_upload(self, path: Path) -> None:
        """Have the app open a file that the page has uploaded."""
        await self._process.tell("uploaded", path=str(path))

    async def _draw(self) -> None:
        with suppress(ConnectionError):
            await self._websocket.send_json(["session", self.id])
            async for kind, content in self._process.packets():
                match kind:
                    case b"D":
                        await self._websocket.send_bytes(content)
                    case b"F":
                        await self._offer(content)
                    case b"M" if json.loads(content)["type"] == "upload":
                        await self._websocket.send_json(["upload"])

    async def _offer(self, content: bytes) -> None:
        name, _, data = content.partition(b"\n")
        key = secrets.token_urlsafe(16)
        self._downloads[key] = safe_name(name.decode(errors="replace")), data
        while len(self._downloads) > MAX_DOWNLOADS:
            self._downloads.popitem(last=False)
        await self._websocket.send_json(["deliver_file_start", key])

    async def _type(self) -> None:
        async for message in self._websocket:
            if message.type is WSMsgType.TEXT:
                match _parsed(message.data):
                    case ["stdin", str(text)]:
                        await self._process.type(text)
                    case ["resize", {"width": width, "height": height}]:
                        columns, rows = size_of(width, height)
                        await self._process.tell("resize", width=columns, height=rows)
                    case ["ping", str(text)]:
                        await self._websocket.send_json(["pong", text[:20]])


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def size_of(width: object, height: object) -> tuple[int, int]:
    """The columns and rows of a terminal, within what the app is made for, from whatever a page says."""
    columns, rows = (
        int(given) if isinstance(given, int) or (isinstance(given, str) and re.fullmatch(r"[0-9]{1,4}", given)) else usual
        for given, usual in ((width, 80), (height, 24))
    )
    return max(1, min(columns, MAX_COLUMNS)), max(1, min(rows, MAX_ROWS))
