"""The app in Chromium: by keys, as a learner has it."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from relutui.scenario.library import load
from tests.support.waiting import bounded, until
from tests.web.chromium import CONTROL, SHIFT, Browser, Page, chromium
from tests.web.detour import detour
from tests.web.service import Service, free_port

pytestmark = pytest.mark.web

FOCUSED = "document.activeElement.classList.contains('xterm-helper-textarea')"
ENDED = "document.getElementById('ended').open"
SOLVE_LAB = ("1", "Tab", "Enter", "-", "1", "ArrowDown", "Enter", "-", "4", "Enter", "ArrowLeft", "2", "Enter")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path, "lab", device="NONE") as service:
        yield service


async def opened(browser: Browser, address: str, size: tuple[int, int] = (1280, 800), own: bool = False) -> Page:
    """A page that shows the app and has the focus, without a click."""
    page = await browser.open(address, size, own)
    await page.until(FOCUSED)
    await page.screen.until("? Keys")
    return page


async def test_lab_is_solved_by_keys(browser: Browser, service: Service) -> None:
    page = await opened(browser, service.address)
    assert await page.evaluate("location.href") == f"http://127.0.0.1:{service.port}/"  # without the token
    await page.press(*SOLVE_LAB)
    await page.screen.until("Solved")
    assert {address.partition("?")[0].rpartition("/")[0] for address in page.requests} == {
        f"http://127.0.0.1:{service.port}{folder}" for folder in ("", "/static")
    }
    assert page.said == []  # nothing that the policy forbids was tried


async def test_the_app_has_the_size_of_the_window(browser: Browser, service: Service) -> None:
    page = await opened(browser, service.address)
    before = page.screen.size
    assert before[0] > 120
    assert before[1] > 36
    await page.size(800, 600)
    await until(lambda: page.screen.size[0] < before[0] and page.screen.size[1] < before[1])
    width, height = page.screen.size
    assert (width, height) >= (80, 24)
    await until(
        lambda: page.screen.text.splitlines()[-1].endswith("? Keys") and max(map(len, page.screen.text.splitlines())) == width
    )


async def test_zoom_makes_larger_cells(browser: Browser, service: Service) -> None:
    page = await opened(browser, service.address)
    width, height = page.screen.size
    await page.size(640, 400)  # what a page has of 1280 x 800 at a zoom of 200 %
    await until(lambda: page.screen.size[0] in range(width // 2 - 2, width // 2 + 3))
    assert page.screen.size[1] in range(height // 2 - 2, height // 2 + 3)


async def test_two_browsers_have_each_their_own(browser: Browser, service: Service) -> None:
    one, two = await opened(browser, service.address), await opened(browser, service.address, own=True)
    await one.press("7", "Enter")
    await one.screen.until("7.00")
    await two.press("?")
    await two.screen.until("esc closes")
    assert "7.00" not in two.screen.text
    assert "esc closes" not in one.screen.text
    await one.close()
    await until(lambda: len(service.children()) == 1)  # the process of a tab ends with it
    again = await browser.open(service.address)
    await again.screen.until("Not written when relutui ended")
    assert "lab" in again.screen.text
    await two.reload()
    await two.screen.until("? Keys")
    assert "Not written" not in two.screen.text


async def test_loading_again_in_the_middle_of_training_offers_what_was_reached(browser: Browser, tmp_path: Path) -> None:
    with Service(tmp_path, "measured") as service:
        page = await opened(browser, service.address)
        await page.press(" ")
        await until(lambda: re.search(r"step \d\d", page.screen.text) is not None)
        await page.reload()
        await page.screen.until("Not written when relutui ended")
        await page.until(FOCUSED)
        await page.press("Enter")
        await until(lambda: re.search(r"step \d\d", page.screen.text) is not None)


async def test_writing_and_exporting_are_downloads(browser: Browser, service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    await browser.save_to(folder)
    page = await opened(browser, service.address)
    await page.press("7", "Enter", "w")
    await page.screen.until("enter downloads")
    await page.press("Enter")
    await page.screen.until("given to the browser: lab-mine.toml")
    await until(lambda: browser.downloaded == ["lab-mine.toml"])
    assert load(folder / "lab-mine.toml").start.w[1] == 7.0
    await page.press("E")
    await page.screen.until("Export lab as it is now")
    await page.press(*("Backspace",) * 2, *"svg", "Enter")
    await until(lambda: browser.downloaded == ["lab-mine.toml", "lab.svg"])
    assert (folder / "lab.svg").read_text().startswith("<svg")


async def test_a_file_is_uploaded_from_the_gallery_and_by_dropping(browser: Browser, service: Service, tmp_path: Path) -> None:
    data, bad = tmp_path / "dose response.csv", tmp_path / "bad.toml"
    data.write_text("x,y\n0,0\n1,1\n2,0\n")
    bad.write_text("title = 5")
    page = await opened(browser, service.address)
    await page.press("o")
    await page.screen.until("u opens a file of yours")
    await page.press("u")
    await page.until("document.getElementById('upload').open")
    await page.choose("#file", data)
    await page.screen.until("dose-response")
    await page.until(f"{FOCUSED} && !document.getElementById('upload').open")
    await page.press("o", "u")
    await page.until("document.getElementById('upload').open")
    await page.choose("#file", bad)
    await page.screen.until("bad.toml: title: expected")
    await page.until(FOCUSED)
    await page.press("Escape")
    await until(lambda: "bad.toml" not in page.screen.text)
    await page.press("o")
    await page.screen.until("u opens a file of yours")
    await page.press("End")
    await page.screen.until("Files that you uploaded")


async def test_copy_and_paste(browser: Browser, service: Service) -> None:
    page = await opened(browser, service.address)
    await browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    await page.press("Y")
    await page.screen.until("handed to the browser")
    await page.until("navigator.clipboard.readText().then(text => text.startsWith('relutui:'))")
    await page.press("Escape")
    await until(lambda: "handed to the browser" not in page.screen.text)
    await page.press("o")
    await page.screen.until("u opens a file of yours")
    await page.press("/")
    async with bounded("the search has the focus"):
        while "no scenario has these words" not in page.screen.text:
            await page.press("z", "z")
            await asyncio.sleep(0.1)
    await page.press("u", modifiers=CONTROL)
    await page.screen.until("One unit")
    await page.press("v", modifiers=CONTROL, commands=["paste"])
    await page.screen.until("no scenario has these words")
    await page.press("Enter")
    await page.screen.until("? Keys")
    await page.press("c", modifiers=CONTROL, commands=["copy"])
    await page.screen.until("q quits")
    await page.drag((5, 10), (700, 10), modifiers=SHIFT)
    await page.press("c", modifiers=CONTROL, commands=["copy"])
    await page.until("navigator.clipboard.readText().then(text => text.includes('Three units'))")


async def test_quitting_leads_to_a_page_from_which_it_begins_again(browser: Browser, service: Service) -> None:
    page = await opened(browser, service.address)
    await page.press("z", modifiers=CONTROL)  # which stops a program in a terminal
    await page.press("q")
    await page.until(ENDED)
    assert await page.evaluate("document.getElementById('reason').textContent") == "The program has ended."
    assert await page.evaluate("document.activeElement.id") == "again"
    await until(lambda: service.children() == [])
    await page.press("Enter")
    await page.until(FOCUSED)
    await page.screen.until("? Keys")


async def test_a_wrong_token_and_a_foreign_page_are_refused(browser: Browser, service: Service) -> None:
    page = await browser.open(f"http://127.0.0.1:{service.port}/?token=wrong")
    await page.until("document.body.innerText.includes('needs its token')")
    await opened(browser, service.address)
    # A page of another origin, which has no scripts from there: the server's own page under another name of the machine.
    foreign = await browser.open(f"http://localhost:{service.port}/")
    socket = f"new Promise(done => {{ const s = new WebSocket('ws://127.0.0.1:{service.port}/ws/dark?width=80&height=24'); "
    socket += "s.onopen = () => done('open'); s.onerror = () => done('refused'); })"
    await foreign.call("Page.setBypassCSP", enabled=True)
    await foreign.reload()
    await foreign.until("document.body.innerText.includes('needs its token')")
    assert await foreign.evaluate(socket) == "refused"
    assert len(service.children()) == 1


async def test_who_comes_when_all_places_are_taken_waits_kindly(browser: Browser, tmp_path: Path) -> None:
    with Service(tmp_path, "lab", "--users", "1", device="NONE") as service:
        page = await opened(browser, service.address)
        late = await browser.open(service.address, own=True)
        await late.until("document.body.innerText.includes('All places are taken')")
        await page.close()
        await until(lambda: service.children() == [])
        await late.reload()  # as the page does by itself every 20 s
        await late.screen.until("? Keys")


async def test_a_tunnel_may_begin_at_another_port(browser: Browser, service: Service) -> None:
    here = free_port()
    async with detour(service.port, here):
        page = await opened(browser, service.address.replace(f"127.0.0.1:{service.port}", f"localhost:{here}"))
        await page.press("7", "Enter")
        await page.screen.until("7.00")
        assert await page.evaluate("location.href") == f"http://localhost:{here}/"
        await page.close()
        await until(lambda: service.children() == [])


async def test_a_proxy_may_offer_it_in_a_folder(browser: Browser, tmp_path: Path) -> None:
    folder, here = tmp_path / "downloads", free_port()
    folder.mkdir()
    await browser.save_to(folder)
    root = f"http://127.0.0.2:{here}/relutui/"
    with Service(tmp_path, "lab", "--public-url", root, device="NONE") as service:
        assert service.address.startswith(f"{root}?token=")
        async with detour(service.port, here, b"/relutui/", host="127.0.0.2"):
            page = await opened(browser, service.address)
            assert all(address.startswith(root) for address in page.requests)
            await page.press("7", "Enter", "w")
            await page.screen.until("enter downloads")
            await page.press("Enter")
            await until(lambda: browser.downloaded == ["lab-mine.toml"])
            await page.close()
            await until(lambda: service.children() == [])


async def test_the_server_is_killed_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    with Service(tmp_path, "lab", device="NONE") as first:
        page = await opened(browser, first.address)
        await page.press("7", "Enter")
        await page.screen.until("7.00")
        (child,) = first.children()
        first.end(signal.SIGKILL)
        await page.until(ENDED)
        assert "cannot be reached" in await page.evaluate("document.getElementById('reason').textContent")
    await until(lambda: not _runs(child))
    with Service(tmp_path, "lab", port=first.port, device="NONE"):
        await page.press("Enter")
        await page.screen.until("Not written when relutui ended")
        await page.until(FOCUSED)
        await page.press("Enter")
        await page.screen.until("7.00")


async def test_sigterm_ends_it_with_every_page(browser: Browser, service: Service) -> None:
    page = await opened(browser, service.address)
    await page.press("7", "Enter")
    (child,) = service.children()
    assert await asyncio.to_thread(service.end, signal.SIGTERM) == 128 + signal.SIGTERM
    assert not _runs(child)
    await page.until(ENDED)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
