"""The server: its addresses, and what it answers there."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from relutui.lib.face import safe_name
from relutui.lib.files import replace_atomically
from relutui.lib.safe_text import sanitize
from relutui.scenario.csv_text import MAX_CSV_BYTES
from relutui.terminal.packets import DRIVER, GROUND_VARIABLE
from relutui.web.app_process import AppProcess
from relutui.web.guard import Guard, add_headers, checking
from relutui.web.session import Session, size_of
from relutui.web.settings import HOST, Settings
from relutui.web.users import FILES, TooManyUsers, Users

MAX_PAGES = 4  # of one user at once
MAX_MESSAGE_BYTES = 1 << 18  # from a page
MAX_UPLOADS = 20  # files that a user may have here
HEARTBEAT_S = 30.0  # between questions whether a page is still there
COOKIE_S = 365 * 86400
SENT_AHEAD_BYTES = 1 << 14  # to a slow browser
STATUS_S = 0.5  # for a process that ends by itself to say how
SHUTDOWN_S = 1.0  # for requests that are being answered, and for pages to take leave

TEACHER = "teacher/"  # below the address of the server

PAGES = files("relutui.web") / "pages"
STATIC = {  # what pages load: files of ours, and of textual-serve, which has the terminal in the page
    **{name: PAGES / name for name in ("page.css", "page.js", "enter.js")},
    "textual.js": files("textual_serve") / "static" / "js" / "textual.js",
    "xterm.css": files("textual_serve") / "static" / "css" / "xterm.css",
    "RobotoMono.ttf": files("textual_serve") / "static" / "fonts" / "RobotoMono-VariableFont_wght.ttf",
}
# Variables that speak of the server's own terminal.
OF_TERMINAL = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "LINES", "TEXTUAL", "TEXTUAL_LOG")


class Server:
    """Serves pages, each with a process of the app."""

    def __init__(self, settings: Settings, users: Users | None = None, teacher: "Server | None" = None) -> None:
        """teacher: a server to which TEACHER leads, with a token and users of its own.

        Raises OSError if there can be no folder for the users.
        """
        self.settings, self.guard, self._users = settings, Guard(settings), users or Users()
        self._teacher = teacher
        self._pages: list[Path] = []  # that are open: the folder of the user of each
        self._sessions: dict[str, Session] = {}
        self._ending: set[tuple[Path, asyncio.Task[None]]] = set()  # processes, with their users' folders

    def make_app(self) -> web.Application:
        """Return the addresses with what answers there."""
        app = web.Application(middlewares=[checking(self.guard)], client_max_size=MAX_CSV_BYTES)  # of all files the largest
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._end_all)
        app.add_routes(
            [
                web.get("/", self._index),
                web.post("/enter", self._enter),
                web.get("/ws/{ground:light|dark}", self._websocket),
                web.get("/download/{key}", self._download),
                web.post("/upload/{session}/{name}", self._upload),
                *(web.get(f"/static/{name}", _static(Path(str(path)))) for name, path in STATIC.items()),
            ]
        )
        if self._teacher:
            app.add_subapp(f"/{TEACHER}", self._teacher.make_app())
        return app

    async def run(self, say: Callable[[list[str]], object]) -> None:
        """Serve until cancelled; `say` is told the address, and that of the teacher.  Raises OSError if the port is taken."""
        runner = web.AppRunner(self.make_app(), access_log=None, logger=_log(), shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, self.settings.port)
            await site.start()
            root = self.settings.public_url or f"http://{HOST}:{runner.addresses[0][1]}/"
            teacher = [f"{root}{TEACHER}?token={self._teacher.guard.token}"] if self._teacher else []
            say([f"{root}?token={self.guard.token}", *teacher])
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _end_all(self, app: web.Application) -> None:
        """End every page, and the process behind it."""
        for session in self._sessions.values():
            session.stop()
        while self._pages or self._ending:
            await asyncio.sleep(0.01)

    # Pages

    async def _index(self, request: web.Request) -> web.StreamResponse:
        """The app's page; for a browser that is not known, a page that hands in the token, or says that there is none."""
        if (token := request.query.get("token")) is not None:
            return _page("enter.html") if self.guard.knows_token(token) else _page("refused.html", 403)
        if (user := self._user(request)) is None:
            return _page("refused.html", 403)
        return _page("app.html") if self._has_room(user) else _page("full.html", 503)

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        """Let a browser in that has the token, under the name that it has from before, or a new one."""
        token = (await request.content.read(200)).decode(errors="replace")
        if not (self.guard.is_own_origin(request) and self.guard.knows_token(token)):
            raise web.HTTPForbidden(text="expected the token that relutui serve has printed\n")
        name = request.cookies.get(self._cookie_name(request), "")
        if self._users.folder_of(name) is None:
            try:
                name = self._users.add()
            except TooManyUsers:
                raise web.HTTPServiceUnavailable(text="there is no room for another browser\n") from None
        response = web.Response(status=204)
        secure = request.headers[hdrs.ORIGIN].startswith("https:")
        response.set_cookie(
            self._cookie_name(request), name, max_age=COOKIE_S, httponly=True, samesite="Strict", secure=secure, path="/"
        )
        return response

    def _cookie_name(self, request: web.BaseRequest) -> str:
        """The name of the cookie: browsers mix those of all ports of a host, but a tunnel's port is another server."""
        return f"{self.settings.cookie}-{urlsplit(f'//{request.host}').port or 'web'}"

    def _user(self, request: web.Request) -> Path | None:
        """The folder of the user whom the cookie names."""
        return self._users.folder_of(request.cookies.get(self._cookie_name(request), ""))

    def _has_room(self, user: Path) -> bool:
        """Whether a user may open another page."""
        is_one_of_few = user in self._pages or len(set(self._pages)) < self.settings.users
        return self._pages.count(user) < MAX_PAGES and is_one_of_few

    # The app

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        """Run the app for a page."""
        if not self.guard.is_own_origin(request) or (user := self._user(request)) is None:
            raise web.HTTPForbidden(text="expected a page of this server, and its cookie\n")
        websocket = web.WebSocketResponse(
            timeout=SHUTDOWN_S, heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES, writer_limit=1
        )
        await websocket.prepare(request)
        if request.transport:
            request.transport.set_write_buffer_limits(SENT_AHEAD_BYTES)
        if not self._has_room(user):
            await websocket.close(code=1013, message=b"full")
            return websocket
        self._pages.append(user)
        try:
            await self._show(request, user, websocket)
        except OSError as error:  # a full disk, or a folder that is gone
            print(sanitize(str(error)), file=sys.stderr, flush=True)
            await websocket.close(code=WSCloseCode.INTERNAL_ERROR)
        finally:
            self._pages.remove(user)
        return websocket

    async def _show(self, request: web.Request, user: Path, websocket: web.WebSocketResponse) -> None:
        """Start a process, and show it on a page until one of them ends."""
        if before := [task for folder, task in self._ending if folder == user]:
            await asyncio.wait(before)  # what the page before has not written is there only then
        (user / FILES).mkdir(mode=0o700, exist_ok=True)
        columns, rows = size_of(request.query.get("width"), request.query.get("height"))
        environment = self._environment(user, columns, rows, request.match_info["ground"])
        process = await AppProcess.start(self.settings.command, environment, user / FILES)
        session = Session(user, websocket, process)
        self._sessions[session.id] = session
        try:
            await session.run()
        finally:
            del self._sessions[session.id]
            ending = asyncio.create_task(_end(process))
            self._ending.add((user, ending))
            ending.add_done_callback(lambda task: self._ending.discard((user, task)))
            await asyncio.wait([ending], timeout=STATUS_S)
            await session.close()
            await asyncio.shield(ending)

    def _environment(self, user: Path, columns: int, rows: int, ground: str) -> dict[str, str]:
        """The variables of a process: the server's, except those that speak of its terminal."""
        own = {name: value for name, value in os.environ.items() if name not in OF_TERMINAL}
        return (
            own
            | self.settings.variables
            | {
                "TEXTUAL_DRIVER": DRIVER,
                "TEXTUAL_COLOR_SYSTEM": "truecolor",
                "TERM": "xterm-256color",
                "COLUMNS": str(columns),
                "ROWS": str(rows),
                "XDG_STATE_HOME": str(user),
                "PYTHONSAFEPATH": "1",  # the working folder has what was uploaded, of which nothing is a module
                GROUND_VARIABLE: ground,
            }
        )

    # Files

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file of the app, once, to the browser whose page it is for."""
        user = self._user(request)
        for session in self._sessions.values():
            if session.user == user and (file := session.take_download(request.match_info["key"])):
                name, content = file
                how = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
                return web.Response(body=content, content_type="application/octet-stream", headers=how)
        raise web.HTTPNotFound

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Take a file that a page uploads, and have its app open it."""
        session = self._sessions.get(request.match_info["session"])
        if not self.guard.is_own_origin(request) or session is None or session.user != self._user(request):
            raise web.HTTPForbidden(text="expected a page of this server, and its cookie\n")
        folder = session.user / FILES
        path = folder / safe_name(request.match_info["name"])
        if not path.exists() and len(list(folder.iterdir())) >= MAX_UPLOADS:
            min(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns).unlink()
        content = await request.read()
        await asyncio.to_thread(replace_atomically, path, content)
        await session.tell_of_upload(path)
        return web.Response(status=204)


async def _end(process: AppProcess) -> None:
    """End a process, and pass on what it had to say."""
    await process.end()
    if process.said:
        print(sanitize(process.said.decode(errors="replace")).rstrip(), file=sys.stderr, flush=True)


def _log() -> logging.Logger:
    """The log of aiohttp, without the requests that are none of HTTP, which are refused."""
    log = logging.getLogger("relutui.web")
    log.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))
    return log


def _page(name: str, status: int = 200) -> web.Response:
    return web.Response(text=(PAGES / name).read_text(encoding="utf-8"), content_type="text/html", status=status)


def _static(path: Path) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path, headers={hdrs.CACHE_CONTROL: "no-cache"})

    return answer
