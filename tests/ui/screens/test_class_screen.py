"""The screen of a class: it follows the folder, and every key leads somewhere at every size."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from relutui.plot.plain import PLAIN
from relutui.readout.class_table import ClassRow, ClassTable, Column
from relutui.session.progress import Answer, Progress
from relutui.session.report import Report, report_text
from relutui.terminal.textual_private import screen_text
from relutui.ui.class_app import ClassApp
from relutui.ui.screens import class_screen
from relutui.ui.widgets.class_table import MarkedTable, class_table, moved, page_of
from tests.support.class_reports import ANN, NOW, write_class
from tests.support.waiting import until

HOSTILE = "[bold red]x[/] \x1b[2J\u202e\x9b31m 金田 " + "long " * 8


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_screen, "LOOK_S", 0.05)
    monkeypatch.setattr(class_screen, "REST", 0)


@asynccontextmanager
async def watched(folder: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[str]]:
    async with ClassApp(folder, clock=lambda: NOW).run_test(size=size) as pilot:
        await until(lambda: "read at" in screen_text(pilot.app.screen))
        yield pilot


def text_of(pilot: Pilot[str]) -> str:
    return screen_text(pilot.app.screen)


async def test_it_follows_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    async with watched(folder) as pilot:
        assert "no report yet" in text_of(pilot)
        write_class(folder)
        await until(lambda: "3 learners" in text_of(pilot))
        text = (folder / "ann.toml").read_text()
        (folder / "ann.toml").write_text(text[:200])
        await until(lambda: "ann.toml: is no report of relutui" in text_of(pilot))
        answered = ANN.with_answer(Answer("lab 1", "x = 1.5", True, "", NOW))
        (folder / "ann.toml").write_text(report_text(Report(answered, "Ann")))
        await until(lambda: "✓ lab 1 “x = 1.5” (<1 min ago)" in text_of(pilot))
        shutil.rmtree(folder)
        await until(lambda: "cannot be read: No such file or directory" in text_of(pilot))
        assert "Bob" in text_of(pilot)


async def test_keys_lead_through_the_views(tmp_path: Path) -> None:
    write_class(tmp_path)
    async with watched(tmp_path) as pilot:
        await pilot.press("down", "s")
        assert "▸Bob" in text_of(pilot)  # the mark stays with the learner
        await pilot.press("tab", "tab", "enter")
        assert "2 ✗ from x = 1 to x = 2, where unit 2 takes over: units take turns" in text_of(pilot)
        assert "Questions: 4" not in text_of(pilot)
        await pilot.press("escape", "shift+tab", "slash", *"lab-half", "enter", "enter")
        assert "Bob, for 3 min, 1 wrong answer" in text_of(pilot)
        await pilot.press("escape", "escape")
        assert "Places: 3" in text_of(pilot)
        await pilot.press("question_mark")
        assert "Manual: class" in text_of(pilot)
        await pilot.press("escape", "q")
        await until(lambda: pilot.app.return_code == 0)


async def test_no_size_and_no_text_breaks_it(tmp_path: Path) -> None:
    write_class(tmp_path)
    hostile = Progress(opened={HOSTILE: NOW}, answers=(Answer(HOSTILE, HOSTILE, False, HOSTILE, 2**53),))
    (tmp_path / "\x1b[31m").write_text(report_text(Report(hostile, "\x1b[2Jname")))
    async with watched(tmp_path, (120, 36)) as pilot:
        await pilot.press("home")
        assert "[2Jname" in text_of(pilot)
        assert not {"\x1b", "\u202e", "\x9b"} & set(text_of(pilot))
        for size in ((1, 1), (40, 3), (3, 60)):
            await pilot.resize_terminal(*size)
            await pilot.press("tab", "end", "pageup", "enter", "pagedown", "end", "escape", "slash", "x", "escape", "left")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_how_it_looks(size: tuple[int, int], tmp_path: Path, screen_snapshot: SnapshotAssertion) -> None:
    write_class(tmp_path)
    async with watched(tmp_path, size) as pilot:
        views = []
        for key in ("down", "tab", "tab", "tab"):
            await pilot.press(key)
            views.append(text_of(pilot).partition("\n")[2])  # the first line has the folder and the time
        assert "\n".join(views) == screen_snapshot


async def test_it_is_drawn_in_ascii_where_that_is_wanted(tmp_path: Path) -> None:
    write_class(tmp_path)
    before = PLAIN.set(True)
    async with watched(tmp_path) as pilot:
        await pilot.press("tab")
        assert text_of(pilot).isascii()
        assert ">one-unit" in text_of(pilot)
    PLAIN.reset(before)


def test_of_three_hundred_rows_a_page_is_drawn_and_every_row_can_be_reached() -> None:
    rows = tuple(ClassRow(str(number), (str(number),)) for number in range(300))
    table, place, seen = ClassTable("", (Column("n"),), rows), 0, set[int]()
    for _ in range(299):
        drawn = [line.plain for line in class_table(MarkedTable(table, place), 10, 12)]
        assert len(drawn) == 12
        assert f"▸{place}" in [line.rstrip() for line in drawn]
        seen.update(page_of(place, 300, 12))
        place = moved(place, "down", 300, 12)
    assert (place, len(seen)) == (299, 300)
    assert moved(299, "pagedown", 300, 12) == 299
    assert moved(299, "pageup", 300, 12) == 288
    assert moved(7, "home", 300, 12) == 0
    assert moved(0, "down", 0, 12) == 0


def test_where_it_is_narrow_the_last_columns_are_left_out() -> None:
    columns = (Column("who"), Column("place", 8), Column("for", 6))
    table = MarkedTable(ClassTable("", columns, (ClassRow("", ("Ann-Sophie van den Berghe", "lab", "12 min")),)), 0)
    assert [line.plain for line in class_table(table, 27, 2)] == [" who        place    for   ", "▸Ann-Sophi… lab      12 min"]
    assert [line.plain for line in class_table(table, 26, 2)] == [" who              place   ", "▸Ann-Sophie van … lab     "]
    assert [line.plain for line in class_table(table, 12, 2)] == [" who        ", "▸Ann-Sophie…"]
