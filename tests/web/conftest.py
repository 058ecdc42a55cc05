import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from relutui.web.server import Server
from relutui.web.settings import Settings
from tests.support.places import ROOT

ECHO = (sys.executable, "-m", "tests.web.echo")
Serve = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def serve(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Serve a small stand-in for the app, as `async with serve(users=2) as address`."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    @asynccontextmanager
    async def served(users: int = 30, public_url: str | None = None) -> AsyncIterator[str]:
        server = Server(Settings(ECHO, 0, users, public_url))
        async with TestServer(server.make_app(), host="127.0.0.1") as running:
            yield f"{running.make_url('/')}?token={server.guard.token}"

    return served
