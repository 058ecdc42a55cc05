"""A class in browsers: learners hand in, and only who has the teacher's token sees the class."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from yarl import URL

from relutui.web.server import TEACHER, Server
from relutui.web.settings import Settings
from relutui.web.users import Users

NOTHING = (sys.executable, "-c", "")


class Address(NamedTuple):
    """Where a page is, and its token."""

    root: URL
    token: str


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Address, Address]]:
    """Serve pages without an app to learners and to a teacher."""
    teacher = Server(Settings(NOTHING, 0, 4, cookie="relutui-teacher"), Users(folder))
    server = Server(Settings(NOTHING, 0, 30), teacher=teacher)
    async with TestServer(server.make_app(), host="127.0.0.1") as running:
        root = running.make_url("/")
        yield Address(root, server.guard.token), Address(root / TEACHER, teacher.guard.token)


@asynccontextmanager
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:  # of an address that is a number
        yield client


async def enter(client: aiohttp.ClientSession, where: Address, token: str) -> int:
    async with client.post(where.root / "enter", data=token, headers={"Origin": str(where.root.origin())}) as answer:
        return answer.status


async def page(client: aiohttp.ClientSession, where: Address) -> int:
    async with client.get(where.root) as answer:
        return answer.status


@pytest.mark.usefixtures("state_folder")
async def test_the_token_and_the_cookie_of_learners_do_not_lead_to_the_teachers_page(tmp_path: Path) -> None:
    (tmp_path / "teachers").mkdir()
    async with served(tmp_path / "teachers") as (learners, teacher), browser() as one, browser() as other:
        assert learners.token != teacher.token
        assert await enter(one, learners, learners.token) == 204
        assert await enter(one, teacher, learners.token) == 403
        assert (await page(one, learners), await page(one, teacher)) == (200, 403)
        (cookie,) = one.cookie_jar
        stolen = {"Cookie": f"relutui-teacher-{learners.root.port}={cookie.value}", "Origin": str(learners.root.origin())}
        async with aiohttp.ClientSession(headers=stolen) as liar:
            assert await page(liar, teacher) == 403
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await liar.ws_connect(teacher.root / "ws/dark")
            assert caught.value.status == 403
        assert await enter(other, teacher, teacher.token) == 204
        assert (await page(other, learners), await page(other, teacher)) == (403, 200)


@pytest.mark.usefixtures("state_folder")
async def test_who_saw_the_last_class_is_asked_for_a_token_again(tmp_path: Path) -> None:
    async with browser() as client:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            async with served(tmp_path / name) as (_, teacher):
                assert await page(client, teacher) == 403
                assert await enter(client, teacher, teacher.token) == 204
                assert await page(client, teacher) == 200
