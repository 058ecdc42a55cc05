"""Pages and the processes behind them; a small stand-in has the place of the app."""

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from relutui.web import app_process, server
from relutui.web.server import Server
from relutui.web.session import size_of
from relutui.web.settings import Settings
from tests.support.waiting import bounded, until
from tests.web.conftest import ECHO, Serve
from tests.web.visitor import Visitor

FULL = 1013


def user_folder(state: Path) -> Path:
    (folder,) = (state / "browsers").iterdir()
    return folder


async def test_a_page_has_a_process_that_draws_what_is_typed(serve: Serve, state_folder: Path) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page(100, 30) as page:
            await page.until(f"begun in {user_folder(state_folder) / 'files'} at 100x30, dark")
            await page.type("ä s")
            await page.until("typed ä s")
            await page.socket.send_json(["resize", {"width": 90, "height": 20}])
            await page.until('told {"height": 20, "type": "resize", "width": 90}')
            await page.socket.send_json(["ping", "17"])
            assert await page.until_told("pong") == "17"
        await until(lambda: (user_folder(state_folder) / "files" / "ended").exists())  # the process, with the page


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "null",
        '["stdin"]',
        '["stdin", 5]',
        '["resize", 5]',
        '["resize", {"width": "x", "height": null}]',
        '["resize", {"width": 1e99, "height": -1}]',
        '["ping", {}]',
        '["unknown", 1, 2]',
        "[" * 100_000,
        '["stdin", "\\ud800"]',
    ],
)
async def test_what_no_page_says_does_no_harm(said: str, serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.socket.send_str(said)
            await page.socket.send_bytes(said.encode())
            await page.type("still")
            await page.until("typed still")


async def test_too_much_at_once_closes_the_page(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.until("begun")
            await page.type("x" * server.MAX_MESSAGE_BYTES)
            assert await page.until_closed() == 1009


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("80", "24"), (80, 24)),
        ((5000, 5000), (400, 200)),
        ((0, -5), (1, 1)),
        ((None, "x"), (80, 24)),
        (("99999", True), (80, 1)),
    ],
)
def test_a_size_is_within_bounds(said: tuple[Any, Any], expected: tuple[int, int]) -> None:
    assert size_of(*said) == expected


async def test_at_most_so_many_users_at_once(serve: Serve) -> None:
    async with serve(users=2) as address, Visitor(address) as one, Visitor(address) as two, Visitor(address) as three:
        for visitor in (one, two, three):
            await visitor.enter()
        async with one.page() as first:
            async with one.page() as again, two.page() as second:  # the tabs of one browser count as one
                for page in (first, again, second):
                    await page.until("begun")
                status, text, _ = await three.get("/")
                assert (status, "All places are taken" in text) == (503, True)
                assert (await two.get("/"))[0] == 200
                async with three.page() as refused:
                    assert await refused.until_closed() == FULL
            async with bounded("a place"):
                while (await three.get("/"))[0] != 200:
                    await asyncio.sleep(0.01)
            async with three.page() as page:
                await page.until("begun")


async def test_one_browser_has_only_so_many_pages(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_PAGES", 1)
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.until("begun")
            assert (await visitor.get("/"))[0] == 503
            async with visitor.page() as refused:
                assert await refused.until_closed() == FULL


async def test_the_next_page_of_a_browser_begins_when_the_process_of_the_last_has_ended(
    serve: Serve, state_folder: Path
) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.until("begun")
        async with visitor.page() as page:
            await page.until("begun")
            assert (user_folder(state_folder) / "files" / "ended").exists()


async def test_a_program_that_ends_closes_its_page(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.type("fail")
            assert await page.until_closed() == 1011
        async with visitor.page() as page:
            await page.type("exit")
            assert await page.until_closed() == 1000
    assert capfd.readouterr().err == "a last word[2J\n"  # on the server's side, without what steers a terminal


async def test_the_end_of_the_server_ends_every_page(serve: Serve, state_folder: Path) -> None:
    closing = AsyncExitStack()
    async with serve() as address:
        await closing.enter_async_context(visitor := Visitor(address))
        await visitor.enter()
        page = await closing.enter_async_context(visitor.page())
        await page.until("begun")
        closed = asyncio.create_task(page.until_closed())
    assert (user_folder(state_folder) / "files" / "ended").exists()
    assert await closed == 1001
    await closing.aclose()


async def test_a_program_that_hangs_is_killed(serve: Serve, state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_process, "GRACE_S", 0.1)
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.type("hang")
            await page.until("hangs")
        files = user_folder(state_folder) / "files"
        assert list(files.iterdir()) == []  # it had no time
        async with visitor.page() as page:
            await page.until("begun")


async def test_it_is_reached_from_this_machine_alone(state_folder: Path) -> None:
    said: list[str] = []
    running = asyncio.create_task(Server(Settings(ECHO, 0, 1)).run(said.extend))
    await until(lambda: bool(said))
    async with Visitor(said[0]) as visitor:
        assert visitor.root.host == "127.0.0.1"
        assert (await visitor.get(f"/?token={visitor.token}"))[0] == 200
        with pytest.raises(OSError, match=r"127\.0\.0\.2"):
            await asyncio.open_connection("127.0.0.2", visitor.root.port)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        await asyncio.open_connection("127.0.0.1", visitor.root.port)


async def test_what_is_no_request_is_refused_and_not_said(state_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    running = asyncio.create_task(Server(Settings(ECHO, 0, 1)).run(said.extend))
    await until(lambda: bool(said))
    async with Visitor(said[0]) as visitor:
        for garbage in (b"\0 x\r\n\r\n", b"GET /?\xc3 HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", visitor.root.port)
            writer.write(garbage)
            async with bounded("an answer"):
                assert (await reader.readline()).split()[1] == b"400"
            writer.close()
        assert (await visitor.get(f"/?token={visitor.token}"))[0] == 200
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert capfd.readouterr().err == ""


async def test_a_folder_that_cannot_be_written_is_said_in_a_line(
    serve: Serve, state_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with serve() as address, Visitor(address) as visitor, Visitor(address) as other:
        await visitor.enter()
        async with visitor.page() as page:
            await page.until("begun")
            files = user_folder(state_folder) / "files"
            shutil.rmtree(files)
            files.write_text("no folder")
            status, text, _ = await visitor.post(f"/upload/{await page.until_told('session')}/x.toml", "x")
            assert (status, text) == (500, "not done on the server: Not a directory\n")
        async with visitor.page() as page:
            assert await page.until_closed() == 1011
        shutil.rmtree(state_folder / "browsers")
        assert (await other.post("/enter", other.token))[:2] == (500, "not done on the server: No such file or directory\n")
    said = capfd.readouterr().err
    assert "[Errno 20] Not a directory" in said
    assert "aiohttp" not in said  # no traceback of the server; the stand-in, whose folder it was, may have one


async def test_a_file_of_the_app_is_downloaded_once_and_by_its_own_browser(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor, Visitor(address) as other:
        await visitor.enter()
        await other.enter()
        async with visitor.page() as page, other.page() as elsewhere:
            await elsewhere.until("begun")
            await page.type("deliver ../a;b,ü\"'.toml content")
            key = await page.until_told("deliver_file_start")
            assert (await other.get(f"/download/{key}"))[0] == 404
            assert (await visitor.get("/download/x"))[0] == 404
            status, text, headers = await visitor.get(f"/download/{key}")
            assert (status, text) == (200, "content")
            assert headers["Content-Disposition"] == 'attachment; filename="a-b-.toml"'
            assert headers["Content-Type"] == "application/octet-stream"
            assert (await visitor.get(f"/download/{key}"))[0] == 404
            await page.type("ask")
            await page.until_told("upload")


async def test_of_files_that_nobody_fetches_a_few_are_kept(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            keys = []
            for number in range(6):
                await page.type(f"deliver {number}.txt {number}")
                keys.append(await page.until_told("deliver_file_start"))
            assert [(await visitor.get(f"/download/{key}"))[0] for key in keys] == [404, 404, 200, 200, 200, 200]


async def test_an_upload_lies_in_the_folder_of_its_browser(serve: Serve, state_folder: Path) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        folder = user_folder(state_folder) / "files"
        async with visitor.page() as page:
            session = await page.until_told("session")
            status, _, _ = await visitor.post(f"/upload/{session}/..%2f..%2fm%C3%BC%20x.toml", b"\0content")
            path = folder / "m-x.toml"
            assert (status, path.read_bytes()) == (204, b"\0content")
            await page.until(f"told {json.dumps({'path': str(path), 'type': 'uploaded'})}")


async def test_an_upload_that_is_refused_leaves_nothing(
    serve: Serve, state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAX_CSV_BYTES", 1000)
    async with serve() as address, Visitor(address) as visitor, Visitor(address) as other:
        await visitor.enter()
        folder = user_folder(state_folder) / "files"
        await other.enter()
        async with visitor.page() as page:
            session = await page.until_told("session")
            assert (await visitor.post(f"/upload/{session}/x.toml", b"x" * 1001))[0] == 413
            assert (await visitor.post(f"/upload/{session}/x.toml", b"x", Origin="http://example.org"))[0] == 403
            assert (await other.post(f"/upload/{session}/x.toml", b"x"))[0] == 403
            assert (await visitor.post("/upload/x/x.toml", b"x"))[0] == 403
            assert list(folder.iterdir()) == []


async def test_of_many_uploads_the_oldest_goes(serve: Serve, state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_UPLOADS", 2)
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        async with visitor.page() as page:
            await page.until("begun")
            session = await page.until_told("session")
            for name in ("a", "b", "b", "c"):
                assert (await visitor.post(f"/upload/{session}/{name}", b"x"))[0] == 204
        await until(lambda: {path.name for path in (user_folder(state_folder) / "files").iterdir()} == {"b", "c", "ended"})
