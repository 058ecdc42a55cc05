"""A lesson in Chromium: learners with browsers of their own, and the teacher with another."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from relutui.session.report import read_report
from tests.support.waiting import bounded, until
from tests.web.chromium import Page, chromium

pytestmark = pytest.mark.web


@asynccontextmanager
async def lesson(folder: Path, state: Path) -> AsyncIterator[tuple[str, str]]:
    """Serve a class, and yield the address of the learners and that of the teacher."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]  # which is free a moment later
    serving = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "relutui", "serve", "--class", str(folder), "--port", str(port)),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_STATE_HOME": str(state)},
    )
    assert serving.stderr
    try:
        async with bounded("a class is served"):
            lines = [(await serving.stderr.readline()).decode() for _ in range(2)]
        learners, teacher = (line.split()[-1] for line in lines)
        assert lines[1].startswith("for the teacher: ")
        yield learners, teacher
    finally:
        serving.send_signal(signal.SIGINT)
        async with bounded("the server ends"):
            await serving.wait()


async def shows(page: Page, words: str) -> None:
    """Wait until the page, which may still be loading, has some words."""
    async with bounded(f"{words!r} in a browser"):
        while words not in page.screen.text:
            await asyncio.sleep(0.02)


async def take_name(page: Page, name: str) -> None:
    await page.press(*name, "Enter")


async def test_a_lesson(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    async with lesson(folder, tmp_path / "state") as (learners, teacher), chromium() as browser:
        ann, other = await browser.open(learners, own=True), await browser.open(learners, (800, 600), own=True)
        watching = await browser.open(teacher, own=True)
        await shows(watching, "no report yet")
        await shows(ann, "Your name in this class")
        await take_name(ann, "Ann")
        await shows(ann, "In this class you are Ann")
        await ann.press("Enter")
        await shows(watching, "one-unit ")
        await shows(other, "Your name in this class")
        await take_name(other, "ann")
        await shows(other, "is taken here")
        await take_name(other, "2")
        await shows(other, "In this class you are ann2")
        await shows(watching, "2 learners")

        await shows(ann, "Q Ask")
        await ann.press("Q", *"4", "Enter")  # ŷ at x = 2 is 2; 4 is where the target is
        await until(lambda: len(read_report((folder / "ann.toml").read_bytes()).progress.answers) == 1)
        await shows(watching, "✗ one-unit 1 “y = 4.0")
        await shows(watching, "the curve always meets the target")
        await watching.press("Tab", "Tab")
        await shows(watching, "Questions: 1")

        root = re.sub(r"\?.*", "", teacher)
        await ann.go(root)
        await ann.until("document.body.innerText.includes('needs its token')")
        await ann.go(learners)
        await shows(ann, "In this class you are Ann")
