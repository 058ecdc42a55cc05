"""Who is let in: token, cookie, host and origin; and what a page may load."""

import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from relutui.web.guard import Guard
from relutui.web.server import PAGES, STATIC
from relutui.web.settings import Settings
from tests.web.conftest import Serve
from tests.web.visitor import Visitor

ADDRESSES = ("/", "/static/page.js", "/static/", "/ws/dark", "/download/x", "/nowhere")


async def test_a_browser_with_the_token_gets_a_cookie_and_the_app(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        status, text, headers = await visitor.get(f"/?token={visitor.token}")
        assert (status, "enter.js" in text, headers.get("Set-Cookie")) == (200, True, None)  # a mere look gives no name away
        status, _, headers = await visitor.post("/enter", visitor.token)
        cookie = SimpleCookie(headers["Set-Cookie"])
        (name,) = cookie
        assert status == 204
        assert name == f"relutui-{visitor.root.port}"
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", cookie[name].value)
        flags = cookie[name]
        assert (flags["httponly"], flags["samesite"], flags["path"], flags["secure"]) == (True, "Strict", "/", "")
        status, text, _ = await visitor.get("/")
        assert (status, "textual-terminal" in text) == (200, True)


@pytest.mark.parametrize(
    "query", ["", "?token=", "?token=x", "?token=TOKEN0", "?token=OKEN", "?token=%C3%A4", "?token=TOKEN%00"]
)
async def test_without_the_whole_token_there_is_a_page_that_says_so(query: str, serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        query = query.replace("TOKEN", visitor.token).replace("OKEN", visitor.token[1:])
        status, text, headers = await visitor.get(f"/{query}")
        assert (status, "needs its token" in text, headers.get("Set-Cookie")) == (403, True, None)


@pytest.mark.parametrize("given", ["", "x", "TOKEN0", "TOKEN" * 1000, "\xff"])
async def test_a_wrong_token_is_handed_in_in_vain(given: str, serve: Serve, state_folder: Path) -> None:
    async with serve() as address, Visitor(address) as visitor:
        status, _, headers = await visitor.post("/enter", given.replace("TOKEN", visitor.token).encode())
        assert (status, headers.get("Set-Cookie")) == (403, None)
        assert list((state_folder / "browsers").iterdir()) == []


async def test_who_comes_again_keeps_the_name(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        (before,) = visitor.client.cookie_jar
        await visitor.enter()
        (after,) = visitor.client.cookie_jar
        assert before.value == after.value


async def test_a_cookie_that_the_server_has_not_given_leads_nowhere(serve: Serve, state_folder: Path) -> None:
    async with serve() as address, Visitor(address) as visitor:
        for value in ("x" * 43, "../" * 14 + "x", "", ".", "x" * 5000):
            status, _, _ = await visitor.get("/", Cookie=f"relutui-{visitor.root.port}={value}")
            assert status == 403
        await visitor.enter()
        (own,) = visitor.client.cookie_jar
        assert len(list((state_folder / "browsers").iterdir())) == 1
        assert not list((state_folder / "browsers").glob(f"*{own.value}*"))  # who sees the folders still lacks the names


@pytest.mark.parametrize(
    "host",
    [
        *("example.org", "localhost.example.org", "127.0.0.1.example.org", "127.0.0.2"),
        *("localhost:80:80", "", "localhost:x", "localhost:65536", "127.0.0.1:99999"),
    ],
)
async def test_another_host_is_refused_everywhere(host: str, serve: Serve) -> None:
    """As when somebody's name has been made to lead to this machine."""
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        for path in (*ADDRESSES, f"/?token={visitor.token}"):
            status, text, _ = await visitor.get(path, Host=host)
            assert (status, text) == (403, "expected localhost or the host of --public-url\n"), path


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:9000"])
async def test_the_end_of_a_tunnel_may_be_at_any_port(host: str, serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        assert (await visitor.get(f"/?token={visitor.token}", Host=host, Origin=f"http://{host}"))[0] == 200
        status, _, headers = await visitor.post("/enter", visitor.token, Host=host, Origin=f"http://{host}")
        assert status == 204
        assert SimpleCookie(headers["Set-Cookie"]).keys() == {
            f"relutui-{host.rpartition('localhost')[2].rpartition(':')[2] or 'web'}"
        }


@pytest.mark.parametrize("origin", ["http://example.org", "null", "https://HOST", "http://localhost:1", "file://", "HOST", ""])
async def test_a_page_from_elsewhere_is_refused(origin: str, serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        await visitor.enter()
        origin = origin.replace("HOST", visitor.origin.removeprefix("http://"))
        for path in ADDRESSES:
            assert (await visitor.get(path, Origin=origin))[0] == 403, path
        assert (await visitor.post("/enter", visitor.token, Origin=origin))[0] == 403
        with pytest.raises(WSServerHandshakeError) as refused:
            await visitor.client.ws_connect(visitor.root / "ws/dark", headers={"Origin": origin})
        assert refused.value.status == 403


async def test_a_websocket_needs_an_origin_and_a_cookie(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        with pytest.raises(WSServerHandshakeError) as refused:
            await visitor.client.ws_connect(visitor.root / "ws/dark", headers=visitor.headers())
        assert refused.value.status == 403
        await visitor.enter()
        with pytest.raises(WSServerHandshakeError) as refused:
            await visitor.client.ws_connect(visitor.root / "ws/dark")
        assert refused.value.status == 403


async def test_behind_a_proxy_its_own_address_is_one_of_ours(serve: Serve) -> None:
    async with serve(public_url="https://example.org/relutui/") as address, Visitor(address) as visitor:
        for host in ("example.org", "127.0.0.1:8000"):  # a proxy may hand on the host or not
            status, _, headers = await visitor.post("/enter", visitor.token, Host=host, Origin="https://example.org")
            (cookie,) = SimpleCookie(headers["Set-Cookie"]).values()
            assert (status, cookie["secure"]) == (204, True)
        for origin in ("http://example.org", "https://example.org:444", "https://relutui.example.org"):
            assert (await visitor.post("/enter", visitor.token, Host="example.org", Origin=origin))[0] == 403


async def test_every_answer_says_what_the_page_may_do(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        for path, host in (*((path, "localhost") for path in ADDRESSES), ("/", "example.org")):
            _, _, headers = await visitor.get(path, Host=host)
            policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["connect-src"] == policy["font-src"] == "'self'"
            assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cache-Control"] == ("no-cache" if path == "/static/page.js" else "no-store")
            assert "Access-Control-Allow-Origin" not in headers


async def test_there_is_no_list_of_files_and_no_way_out_of_them(serve: Serve) -> None:
    async with serve() as address, Visitor(address) as visitor:
        for name in STATIC:
            status, text, _ = await visitor.get(f"/static/{name}")
            assert (status, len(text) > 100) == (200, True)
        for path in (
            "",
            "/",
            "/.",
            "/..",
            "/../guard.py",
            "/%2e%2e/guard.py",
            "/..%2fguard.py",
            "/app.html",
            "/page.js/",
            "/js/",
        ):
            assert (await visitor.get(f"/static{path}"))[0] == 404, path


def test_our_pages_load_nothing_from_elsewhere() -> None:
    pages = sorted(Path(str(PAGES)).iterdir())
    assert len(pages) == 7
    for page in pages:
        text = page.read_text()
        assert not re.search(r"https?://|[\"'(]//", text), page
        assert not re.search(r"\son\w+=|<script>|<style>|javascript:|eval\(|innerHTML", text), page


def test_each_server_has_another_token() -> None:
    tokens = {Guard(Settings((), 0, 1)).token for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)  # 256 bits
