"""A browser without a window or scripts: it asks for what a page would, and may lie about where it comes from."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

import aiohttp
from yarl import URL

from tests.support.waiting import bounded
from tests.web.screen import Screen


class Visitor:
    """Keeps cookies, as a browser does.  As a context, it closes its connections."""

    def __init__(self, address: str) -> None:
        """address: of the server, with the token."""
        self.address = URL(address)
        self.root = self.address.with_query(None)
        self.origin = str(self.root.origin())
        self.client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))  # of an address that is a number

    async def __aenter__(self) -> "Visitor":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()

    @property
    def token(self) -> str:
        return self.address.query["token"]

    def headers(self, **others: str) -> dict[str, str]:
        return {"Origin": self.origin} | others

    async def get(self, path: str, **headers: str) -> tuple[int, str, Any]:
        """Return the status, the text and the headers of an answer."""
        where = URL(f"{self.origin}{path}", encoded=True)
        async with self.client.get(where, headers=headers, allow_redirects=False) as answer:
            return answer.status, (await answer.read()).decode(errors="replace"), answer.headers

    async def post(self, path: str, data: bytes | str, **headers: str) -> tuple[int, str, Any]:
        where = URL(f"{self.origin}{path}", encoded=True)
        async with self.client.post(where, data=data, headers=self.headers(**headers)) as answer:
            return answer.status, await answer.text(), answer.headers

    async def enter(self) -> None:
        """Hand in the token, as the page to which it leads does."""
        status, text, _ = await self.post("/enter", self.token)
        assert status == 204, text

    @asynccontextmanager
    async def page(self, width: int = 80, height: int = 24) -> AsyncIterator["Connected"]:
        """Open the app's page."""
        where = (self.root / "ws/dark").with_query(width=width, height=height)
        async with self.client.ws_connect(where, headers=self.headers(), compress=15, max_msg_size=0) as socket:
            yield Connected(self, socket, Screen(width, height))


class Connected:
    """An open page: what the app has drawn, and the messages that the page was sent."""

    def __init__(self, visitor: Visitor, socket: aiohttp.ClientWebSocketResponse, screen: Screen) -> None:
        self.visitor, self.socket, self.screen = visitor, socket, screen
        self.messages: dict[str, Any] = {}  # the last of each kind
        self.drawn = b""

    async def type(self, text: str) -> None:
        await self.socket.send_json(["stdin", text])

    async def take(self) -> bool:
        """Take what comes next; False at the end."""
        message = await self.socket.receive()
        if message.type is aiohttp.WSMsgType.BINARY:
            self.drawn += message.data
            self.screen.feed(message.data)
        elif message.type is aiohttp.WSMsgType.TEXT:
            kind, content = [*json.loads(message.data), None][:2]
            self.messages[kind] = content
        return not self.socket.closed

    async def until(self, words: str) -> None:
        """Take what comes until some words have been drawn, or stand on the screen."""
        async with bounded(f"{words!r} on a page"):
            while words.encode() not in self.drawn and words not in self.screen.text:
                assert await self.take(), f"the page was closed before {words!r}"

    async def until_told(self, kind: str) -> Any:
        """Take what comes until a message of a kind has come, and return its content."""
        async with bounded(f"a message {kind}"):
            while kind not in self.messages:
                assert await self.take(), f"the page was closed before {kind}"
        return self.messages.pop(kind)

    async def until_closed(self) -> int | None:
        """Take what comes until the server closes the page, and return why."""
        async with bounded("the end of a page"):
            while await self.take():
                pass
        return self.socket.close_code
