"""Keeping the journal from the screen, and offering what was left behind."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.scenario.csv_scenario import CsvQuestion
from relutui.session.journal import Journal, find_recoverable
from relutui.session.other_sessions import goes_on_from
from relutui.session.session import Session, open_session
from relutui.ui.controllers import autosave
from relutui.ui.screens.csv_dialog import CsvDialog
from relutui.ui.screens.gallery import Gallery
from tests.support.screen import shown, until
from tests.support.sessions import open_lab, opener, with_values


def leave_behind(session: Session) -> None:
    """A journal of a session that was cut off."""
    journal = Journal()
    journal.keep(session)
    assert journal._lock is not None
    os.close(journal._lock)


@pytest.fixture
def two(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two journals left behind on 22 November 2026, of the lab at 14:02 and of the sine at 14:03."""
    for minute, session in ((2, open_lab(w1=1, b1=-1)), (3, with_values(opener("sine"), w0=3))):
        with monkeypatch.context() as then:
            then.setattr(time, "time", lambda minute=minute: time.mktime((2026, 11, 22, 14, minute, 0, 0, 0, -1)))
            leave_behind(session)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("sessions/*.json"))


async def test_the_offer(two: None, screen_snapshot: SnapshotAssertion) -> None:
    async with shown(size=(80, 24), journal=Journal()) as screen:
        assert await screen.at_each([(40, 12), (80, 24), (120, 36)], ".dialog") == screen_snapshot


async def test_enter_goes_on_with_the_marked_one_and_leaves_the_others(two: None, state_folder: Path) -> None:
    async with shown(journal=Journal()) as screen:
        await screen.press("down")
        await screen.press("enter")
        assert screen.session.scenario.name == "lab"
        assert screen.session.state.parameters.w[1] == 1
        assert "1 more waits for the next start" in screen.text
        (other,) = find_recoverable()
        assert other.session.scenario.name == "sine"
        other.release()
        assert len(kept(state_folder)) == 2  # it is kept again before what it came from goes
        await screen.press("u", "u")
        assert screen.session.state.parameters == open_lab().state.parameters


async def test_d_throws_one_away_once_it_is_pressed_twice(two: None, state_folder: Path) -> None:
    async with shown(journal=Journal()) as screen:
        await screen.press("d")
        assert "d again discards it for good" in screen.text
        await screen.press("down")
        assert "d again" not in screen.text
        await screen.press("d")
        assert len(kept(state_folder)) == 2
        await screen.press("d")
        assert len(kept(state_folder)) == 1
        assert "sine" in screen.text
        await screen.press("d")
        await screen.press("d")
        assert kept(state_folder) == []
        assert screen.app.screen is screen.explore


@pytest.fixture
def several(state_folder: Path) -> None:
    """The lab, left behind with the sine and the parabola that were kept beside it."""
    left_behind = with_values(opener("sine"), w0=3), with_values(opener("parabola"), w0=3, b0=1)
    leave_behind(replace(open_lab(w1=1, b1=-1), kept=left_behind))


async def test_all_that_was_left_in_a_session_is_named_and_comes_along(several: None, state_folder: Path) -> None:
    async with shown(journal=Journal(), size=(80, 24), ask=True) as screen:
        for words in ("lab, 20", ": 2 edits, MSE 0.45", "sine, 20", ", beside lab: 1 edit, MSE 12.71", "parabola, 20"):
            assert words in screen.text
        await screen.press("down", "enter")
        assert screen.session.scenario.name == "sine"
        assert "recovered: 1 edit; u undoes, r rewinds; lab and parabola are kept: o" in screen.text
        assert [one.scenario.name for one in screen.session.kept] == ["lab", "parabola"]
        await screen.press("o", "home", "enter")
        assert screen.session.state.parameters == open_lab(w1=1, b1=-1).state.parameters
        await screen.press("u", "u")
        assert screen.session.state.parameters == open_lab().state.parameters
        assert len(kept(state_folder)) == 1


async def test_d_throws_away_one_of_those_left_in_a_session(several: None) -> None:
    async with shown(journal=Journal(), size=(80, 24)) as screen:
        await screen.press("down", "d", "d")
        assert "sine" not in screen.text
        assert "parabola" in screen.text
        await screen.press("escape")
    (orphan,) = find_recoverable()
    assert [one.scenario.name for one in orphan.sessions] == ["lab", "parabola"]
    orphan.release()


@pytest.mark.parametrize("beside", [False, True])
async def test_what_cannot_be_read_is_said_and_stays(state_folder: Path, beside: bool) -> None:
    leave_behind(open_lab(w1=1))
    (path,) = kept(state_folder)
    path.write_text('{"format": 99}')
    if beside:
        leave_behind(open_lab(w1=2))
    async with shown(journal=Journal(), size=(200, 60)) as screen:
        shown_text = screen.part(".dialog") if beside else screen.text
        words = "".join(shown_text.translate(dict.fromkeys(map(ord, "│"))).split())
        said = f"{path}: what was not written cannot be read (expected format 2, got 99); it stays there"
        assert "".join(said.split()) in words
        assert (screen.app.screen is screen.explore) != beside
        await screen.press("escape")
    assert path.read_text() == '{"format": 99}'


async def test_escape_asks_again_at_the_next_start_and_other_keys_do_nothing(two: None, state_folder: Path) -> None:
    async with shown(journal=Journal()) as screen:
        for key in ("q", "s", "plus", "space", "1"):
            await screen.press(key)
        assert "Not written when relutui ended" in screen.text
        await screen.press("escape")
        assert screen.app.screen is screen.explore
        left = find_recoverable()
        assert len(left) == 2
        for orphan in left:
            orphan.release()


@pytest.mark.parametrize("key", ["escape", "d d d d", "enter"])
async def test_without_a_name_the_gallery_follows_unless_one_is_gone_on_with(two: None, key: str) -> None:
    async with shown(journal=Journal(), ask=True) as screen:
        await screen.press(*key.split())
        assert isinstance(screen.app.screen, Gallery) == (key != "enter")
    for orphan in find_recoverable():
        orphan.release()


async def test_what_was_named_opens_and_what_is_recovered_is_kept_beside_it(two: None, state_folder: Path) -> None:
    async with shown(opener("parabola"), journal=Journal(), size=(80, 24)) as screen:
        assert "enter keeps it (o), parabola opens   d discards it" in screen.text
        await screen.press("enter")
        assert screen.session.scenario.name == "parabola"
        assert "recovered: sine is kept: o; 1 more waits for the next start" in screen.text
        assert [one.scenario.name for one in screen.session.kept] == ["sine"]
        assert screen.session.kept[0].state.parameters.w[0] == 3
        assert len(kept(state_folder)) == 2
    for orphan in find_recoverable():
        orphan.release()


async def test_of_what_was_named_the_recovered_session_opens_unless_it_has_another_start(two: None) -> None:
    async with shown(open_lab(), journal=Journal(), size=(80, 24)) as screen:
        await screen.press("down")
        assert "enter reopens it   d discards it" in screen.text
    drawn = opener("lab-free")
    assert goes_on_from(with_values(drawn, w0=3), drawn)
    assert goes_on_from(open_session(drawn.scenario, seed=77), drawn)
    for other in (open_session(drawn.scenario, seed=77), open_session(drawn.scenario.with_overrides(4)), open_lab()):
        assert not goes_on_from(with_values(drawn, w0=3), other)


async def test_a_csv_file_that_asks_is_asked_after_the_recovery(two: None, tmp_path: Path) -> None:
    file = tmp_path / "three.csv"
    file.write_text("a,b,c\n1,2,3\n2,3,4\n")
    with pytest.raises(CsvQuestion) as question:
        opener(str(file))
    async with shown(journal=Journal(), size=(80, 24), ask=question.value) as screen:
        assert "enter keeps it (o), three.csv opens" in screen.text
        await screen.press("enter")
        assert isinstance(screen.app.screen, CsvDialog)
        await screen.press("enter", "enter")
        assert screen.session.scenario.name == "three"
        assert [one.scenario.name for one in screen.session.kept] == ["sine"]
    for orphan in find_recoverable():
        orphan.release()


async def test_the_runs_that_wait_for_the_next_start_are_counted(two: None) -> None:
    leave_behind(replace(open_lab(w1=2), kept=(with_values(opener("parabola"), w0=3),)))
    for words in ("recovered: 1 edit; u undoes, r rewinds; parabola is kept: o; 2 more wait for the next start",
                  "recovered: 1 edit; u undoes, r rewinds; 1 more waits for the next start",
                  "recovered: 2 edits; u undoes, r rewinds\n"):  # fmt: skip
        async with shown(journal=Journal(), size=(120, 36), ask=True) as screen:
            await screen.press("enter")
            assert words in screen.text
            await screen.pilot.press("q", "q")


async def test_nothing_is_offered_where_nothing_was_left_behind(state_folder: Path) -> None:
    async with shown(journal=Journal()) as screen:
        assert screen.app.screen is screen.explore


async def test_edits_are_kept_in_a_while_and_no_longer_once_they_are_written(
    state_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 0.01)
    async with shown(journal=Journal()) as screen:
        await screen.press("plus")
        await until(lambda: len(kept(state_folder)) == 1)
        await screen.press("w")
        await screen.enter_path(tmp_path / "mine.toml")
        await until(lambda: kept(state_folder) == [])


async def test_many_edits_do_not_wait(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 1000.0)
    async with shown(journal=Journal()) as screen:
        await until(lambda: bool(list(state_folder.glob("sessions/*.lock"))))
        await screen.press(*["plus"] * autosave.MAX_UNSAVED_EDITS)
        await until(lambda: len(kept(state_folder)) == 1)


@pytest.mark.parametrize(("keys", "left"), [("q q", 0), ("ctrl+p ctrl+q", 1)])
async def test_what_one_agrees_to_lose_is_thrown_away_and_nothing_else(state_folder: Path, keys: str, left: int) -> None:
    async with shown(journal=Journal()) as screen:
        await screen.press("plus")
        for key in keys.split():
            await screen.pilot.press(key)
        await until(lambda: not screen.app.is_running)
    found = find_recoverable()
    assert len(found) == left
    for orphan in found:
        orphan.remove()
    assert list(state_folder.glob("sessions/*")) == []


def noted(patch: pytest.MonkeyPatch) -> list[float]:
    """When the keeper began to see what is to be kept."""
    times, keep = cast(list[float], []), autosave.Autosave._keep

    async def noting(keeper: autosave.Autosave) -> None:
        times.append(time.monotonic())
        await keep(keeper)

    patch.setattr(autosave.Autosave, "_keep", noting)
    return times


async def test_that_nothing_can_be_kept_is_said_once(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 0.01)
    state_folder.parent.write_text("a file is in the way")
    tries = noted(monkeypatch)
    async with shown(journal=Journal()) as screen:
        await until(lambda: "your work is not kept for recovery (Not a directory); w writes it" in screen.text)
        await screen.press("plus")
        assert screen.session.state.parameters.w[1] == 0.1
        tries.clear()
        await until(lambda: len(tries) > 3)
        await screen.pilot.pause()
        assert "not kept" not in screen.text


async def test_two_sessions_of_one_file_are_told_of_each_other(
    state_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 0.01)
    file = tmp_path / "dose.toml"
    file.write_text('title = "dose"\n[target]\nknots = [[0, 0], [1, 1]]\n[[unit]]\nw = 1.0\nb = 0.0\nv = 1.0\n')
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    other = Journal()
    other.announce(link)
    told = f"dose.toml is open in another session too (process {os.getpid()}, since"
    async with shown(opener(str(file)), journal=Journal()) as screen:
        await until(lambda: told in screen.text)
        await screen.press("plus")
        assert told not in screen.text
        other.close()
        keeper = screen.explore.autosave
        await until(lambda: keeper is not None and not keeper._reported_pids)
        again = Journal()
        again.announce(file)
        await until(lambda: told in screen.text)
        again.close()


async def test_nobody_minds_that_others_have_a_scenario_of_the_program_open(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 0.01)
    looks = noted(monkeypatch)
    lab = open_lab()
    other = Journal()
    other.announce(lab.scenario.source)
    async with shown(lab, journal=Journal()) as screen:
        await until(lambda: len(list(state_folder.glob("sessions/*.lock"))) == 2)
        looks.clear()
        await until(lambda: len(looks) > 3)
        assert "another session" not in screen.text
    other.close()
