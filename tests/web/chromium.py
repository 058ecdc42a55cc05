"""Chromium without a window, driven by its DevTools protocol; what a page is sent pyte draws, as xterm.js draws on a canvas."""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.waiting import bounded
from tests.web.screen import Screen

FLAGS = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-unsafe-swiftshader",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-quic",
    ),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0"),
)
SHIFT, CONTROL = 8, 2
NAMED = {
    "Enter": ("\r", 13),
    "Escape": ("", 27),
    "Tab": ("", 9),
    "ArrowLeft": ("", 37),
    "ArrowDown": ("", 40),
    "Backspace": ("", 8),
    "End": ("", 35),
}


class Page:
    """A tab: `screen` is what its app has drawn there last, `requests` the addresses that it has asked for."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser, self._session = browser, session
        self.screen = Screen()
        self.requests: list[str] = []
        self.said: list[str] = []  # on the console, where what the policy forbids is said too

    async def call(self, method: str, **arguments: object) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **arguments)

    def hear(self, method: str, event: dict[str, Any]) -> None:
        match method:
            case "Network.webSocketCreated":
                self.screen.clear()
            case "Network.webSocketFrameReceived" if event["response"]["opcode"] == 2:
                self.screen.feed(base64.b64decode(event["response"]["payloadData"]))
            case "Network.webSocketFrameSent" if event["response"]["opcode"] == 1:
                match json.loads(event["response"]["payloadData"]):
                    case ["resize", {"width": int(width), "height": int(height)}]:
                        self.screen.resize(width, height)
            case "Network.requestWillBeSent":
                self.requests.append(event["request"]["url"])
            case "Log.entryAdded":
                self.said.append(event["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.said.append(json.dumps(event["exceptionDetails"]))

    async def go(self, address: str) -> None:
        await self.call("Page.navigate", url=address)

    async def reload(self) -> None:
        await self.call("Page.reload")
        self.screen.clear()

    async def evaluate(self, expression: str) -> Any:
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression of the page is true."""
        async with bounded(expression):
            while not await self._holds(expression):
                await asyncio.sleep(0.05)

    async def _holds(self, expression: str) -> bool:
        try:
            return bool(await self.evaluate(expression))
        except RuntimeError:  # the page is being replaced
            return False

    async def press(self, *keys: str, modifiers: int = 0, commands: list[str] | None = None) -> None:
        """Press keys by their names in the DOM, such as a, Enter; commands: what the browser does by them, such as paste."""
        for key in keys:
            text, code = NAMED[key] if key in NAMED else (key, ord(key.upper()) if key.isalnum() else 0)
            shown = {} if modifiers & CONTROL else {"text": text}
            key_of = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
            await self.call("Input.dispatchKeyEvent", type="keyDown", commands=commands or [], **key_of, **shown)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **key_of)

    async def drag(self, start: tuple[int, int], end: tuple[int, int], modifiers: int = 0) -> None:
        """Drag the mouse from a place to another, in pixels."""
        for type, (x, y), buttons in (("mousePressed", start, 1), ("mouseMoved", end, 1), ("mouseReleased", end, 0)):
            held = {"button": "left", "buttons": buttons, "clickCount": 1, "modifiers": modifiers}
            await self.call("Input.dispatchMouseEvent", type=type, x=x, y=y, **held)

    async def picture(self, path: Path) -> None:
        answer = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(answer["data"]))

    async def choose(self, field: str, path: Path) -> None:
        """Choose a file in a field of the page."""
        root = await self.call("DOM.getDocument")
        node = await self.call("DOM.querySelector", nodeId=root["root"]["nodeId"], selector=field)
        await self.call("DOM.setFileInputFiles", nodeId=node["nodeId"], files=[str(path)])

    async def size(self, width: int, height: int) -> None:
        """Make the window so large, in pixels."""
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    async def close(self) -> None:
        await self.call("Page.close")


class Browser:
    """A running Chromium."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}
        self.downloaded: list[str] = []  # the names of files that were loaded whole
        self._names: dict[str, str] = {}
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            content = json.loads(message.data)
            if "id" in content:
                self._answers.pop(content["id"]).set_result(content)
            elif content["method"] == "Browser.downloadWillBegin":
                self._names[content["params"]["guid"]] = content["params"]["suggestedFilename"]
            elif content["method"] == "Browser.downloadProgress" and content["params"]["state"] == "completed":
                self.downloaded.append(self._names[content["params"]["guid"]])
            elif page := self._pages.get(content.get("sessionId", "")):
                page.hear(content["method"], content["params"])

    async def call(self, method: str, session: str = "", **arguments: object) -> dict[str, Any]:
        """Send a command, and return its result.  Raises RuntimeError if it cannot be carried out."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        where = {"sessionId": session} if session else {}
        await self._socket.send_json({"id": number, "method": method, "params": arguments, **where})
        async with bounded(method):
            answer = await self._answers[number]
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def open(self, address: str = "about:blank", size: tuple[int, int] = (1280, 800), own: bool = False) -> Page:
        """Open a tab; own: with cookies of its own, as another browser would have."""
        context = await self.call("Target.createBrowserContext") if own else {}
        target = await self.call("Target.createTarget", url="about:blank", **context)
        session = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = self._pages[session["sessionId"]] = Page(self, session["sessionId"])
        for domain in ("Network", "Page", "Runtime", "Log"):
            await page.call(f"{domain}.enable")
        await page.size(*size)
        await page.go(address)
        return page

    async def save_to(self, folder: Path) -> None:
        """Keep what is downloaded in a folder."""
        await self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder), eventsEnabled=True)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run Chromium with a new profile."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "expected Chromium: apt-get install chromium"
    profile = Path(tempfile.mkdtemp())
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = profile / "DevToolsActivePort"
        async with bounded("the port of Chromium"):
            while not port.exists() or len(port.read_text().split()) < 2:
                await asyncio.sleep(0.05)
        number, path = port.read_text().split()
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"ws://127.0.0.1:{number}{path}", max_msg_size=0) as socket,
        ):
            yield Browser(socket)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        shutil.rmtree(profile, ignore_errors=True)
