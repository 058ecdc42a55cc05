"""What was not written is not lost when another scenario is opened: the gallery leads back to it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.session import other_sessions
from relutui.session.journal import Journal
from relutui.session.questions import QUESTIONS
from relutui.session.session import Session
from relutui.ui.controllers import autosave
from tests.support.screen import Screen, shown, until, wait_for_steps
from tests.support.sessions import open_lab, opener, with_values

EDITED = open_lab(w1=3)
LINE = "● lab: 1 edit"
BOTH: tuple[Session, ...] = with_values(opener("sine"), w0=3), with_values(opener("parabola"), w0=3, b0=1)


def same(now: Session, then: Session) -> bool:
    return (now.states, now.view.selection, now.document.best) == (then.states, then.view.selection, then.document.best)


async def back(screen: Screen) -> None:
    await screen.press("o", "home", "enter")


def offered(folder: Path) -> list[str]:
    """What the next start would offer if the program were killed now."""
    return [entry["name"] for path in folder.glob("sessions/*.json") for entry in json.loads(path.read_text())["sessions"]]


async def tour(screen: Screen, question: int) -> None:
    """The tour of a question, to its end."""
    await screen.press("question_mark", "tab", "tab", *["down"] * (question - 1), "enter")
    await until(lambda: screen.session.tour is not None)
    await screen.pilot.press(*["space"] * len(QUESTIONS[question - 1].keys))
    await until(lambda: not screen.explore.tour_player.busy)
    await screen.press()


async def test_the_gallery_shows_what_was_left(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(replace(EDITED, kept=BOTH), (80, 24)) as screen:
        await screen.press("o", "home", "down")
        assert await screen.at_each([(80, 24), (120, 36)], "#scenarios", "#preview", "#note") == screen_snapshot


async def test_the_gallery_leads_back_and_undo_still_works() -> None:
    async with shown(EDITED, (80, 24)) as screen:
        await screen.press("o", "down", "enter")
        assert screen.session.scenario.name == "lab-mistake"
        assert "lab is kept: o" in screen.text
        await screen.press("o")
        assert LINE in screen.text
        await screen.press("home", "enter")
        assert same(screen.session, EDITED)
        await screen.press("u")
        assert screen.session.state == open_lab().state


async def test_what_was_written_or_never_changed_needs_no_way_back() -> None:
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "down", "enter")
        assert "kept" not in screen.text
        await screen.press("o")
        assert "●" not in screen.text


async def test_two_left_unwritten() -> None:
    """The lab, 1 in a cell; another, 5 in a cell; then a third: both are kept, with what was done."""
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("enter", "1", "enter")
        lab = screen.session
        await screen.press("o", "home", "enter", "enter", "5", "enter")
        first = screen.session
        assert first.scenario.name == "one-unit"
        await screen.press("o", "end", "enter")
        assert "one-unit is kept: o" in screen.text
        await screen.press("o", "home")
        assert "● one-unit: 1 edit" in screen.text
        assert LINE in screen.text
        await screen.press("down", "enter")
        assert same(screen.session, lab)
        await screen.press("o", "home")
        assert LINE not in screen.text
        await screen.press("enter")
        assert same(screen.session, first)
        assert [one.scenario.name for one in screen.session.kept] == ["lab"]


async def test_d_throws_one_away_once_it_is_pressed_twice() -> None:
    async with shown(replace(EDITED, kept=BOTH), (80, 24)) as screen:
        await screen.press("o", "home", "d")
        assert "d again discards it for good" in screen.text
        await screen.press("down")
        assert "d again" not in screen.text
        await screen.press("d")
        assert screen.session.kept == BOTH
        await screen.press("d")
        assert screen.session.kept == BOTH[:1]
        assert "● parabola" not in screen.text
        assert "● sine: 1 edit" in screen.text
        await screen.press("d", "d")  # on a scenario of the program
        assert screen.session.kept == BOTH[:1]
        await screen.press("escape")
        assert same(screen.session, EDITED)


async def test_what_was_thrown_away_is_forgotten_at_once(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 1000.0)
    async with shown(replace(EDITED, kept=BOTH), journal=Journal()) as screen:
        await until(lambda: offered(state_folder) == ["lab", "sine", "parabola"])
        await screen.press("o", "home", "d", "d")
        await until(lambda: offered(state_folder) == ["lab", "parabola"])


async def test_no_more_is_kept_than_there_is_room_for_and_nothing_dropped() -> None:
    full = tuple(open_lab(w1=number + 5) for number in range(other_sessions.MAX_KEPT_SESSIONS))
    async with shown(replace(EDITED, kept=full), (80, 24)) as screen:
        await screen.press("o", "end", "enter")
        assert f"{other_sessions.MAX_KEPT_SESSIONS} scenarios are kept unwritten already" in screen.text
        assert screen.app.screen is not screen.explore
        await screen.press("home", "enter")  # one of those takes its place
        assert same(screen.session, full[0])
        assert len(screen.session.kept) == other_sessions.MAX_KEPT_SESSIONS
        await screen.press("question_mark", "tab", "tab", "enter")
        assert f"{other_sessions.MAX_KEPT_SESSIONS} scenarios are kept unwritten already" in screen.text
        assert screen.session.tour is None
        await screen.press("o", "home", "d", "d", "end", "enter")
        assert screen.session.scenario.name != "lab"
        assert len(screen.session.kept) == other_sessions.MAX_KEPT_SESSIONS


async def test_esc_leads_back_from_a_tour_as_if_it_had_not_been(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of it: in undo, of what is kept, in the journal, or in what is said."""
    monkeypatch.setattr(autosave, "SAVE_INTERVAL_S", 0.01)
    async with shown(replace(EDITED, kept=BOTH), (80, 24), journal=Journal()) as screen:
        await until(lambda: bool(offered(state_folder)))
        await screen.press("v", "i")
        before = screen.session
        assert before.view.message
        for question in (6, 7):
            await tour(screen, question)
            assert "unsaved" not in screen.lines[0]
            assert "esc: back to lab" in screen.text
            assert offered(state_folder) == ["lab", "sine", "parabola"]
        await screen.press("escape")
        now = replace(screen.session, progress=before.progress)  # which knows what was opened
        assert now.with_view(layout=before.view.layout) == before
        await screen.press("q")
        assert "lab-half" not in screen.text
        assert "lab: 1 edit" in screen.text


async def test_what_ran_before_a_tour_runs_on_after_it() -> None:
    async with shown(EDITED) as screen:
        await screen.press("space")
        await wait_for_steps(screen, 2)
        await tour(screen, 6)
        assert screen.session.previous
        step = screen.session.previous.state.checkpoint.step
        assert screen.session.state.checkpoint.step == 0
        await screen.press("escape")
        await wait_for_steps(screen, step + 2)
        await screen.press("space")
        assert screen.session.scenario.name == "lab"


async def test_a_tour_is_nothing_that_could_be_lost() -> None:
    async with shown(open_lab()) as screen:
        await tour(screen, 6)
        await screen.press("v", "u")
        assert "nothing to undo" in screen.text
        assert screen.session.unwritten_sessions == ()
        assert " esc Back to lab " in screen.lines[-1]
        await screen.pilot.press("q")
        await screen.pilot.pause()
        assert screen.app._exit


async def test_tour_after_tour_keeps_what_was_done_by_hand_between() -> None:
    """In what the tour of question 16 has left, two values are typed; then comes that of question 2, and q."""
    async with shown(open_lab(), (80, 24)) as screen:
        await tour(screen, 16)
        await screen.press("q")  # leaves the screen of the last key, and the tour
        await screen.press(*"7.25", "enter", "right", *"3.5", "enter")
        by_hand = screen.session
        assert by_hand.scenario.name == "parabola"
        await screen.press("u", "u", "u")
        assert "nothing to undo" in screen.text
        await screen.press("U", "U")
        await tour(screen, 2)
        assert "esc: back to parabola" in screen.text
        await screen.press("q")
        assert "parabola: 2 edits" in screen.text
        await screen.press("escape", "escape")
        assert screen.session.states.present == by_hand.state


@pytest.mark.parametrize(("keys", "session", "where"), [
    *((keys, EDITED, "lab is kept: o") for keys in ("7 enter", "plus", "l", "s")),
    ("plus", open_lab(), "o opens lab again"),
])  # fmt: skip
async def test_work_after_a_tour_says_where_the_way_back_is_now(keys: str, session: Session, where: str) -> None:
    said = f"your own work now; {where}"
    async with shown(session, (80, 24)) as screen:
        await tour(screen, 8)
        await screen.press("v")
        assert "esc Back to lab" in screen.text
        await screen.press(*keys.split())
        assert said in screen.text
        assert "esc Back to lab" not in screen.text
        await screen.press("v", "plus")
        assert said not in screen.text  # said once
        await screen.press("u", "u")
        assert "esc Back to lab" in screen.text
        await screen.press("U")
        assert said in screen.text


async def test_from_a_tour_the_gallery_leads_back_too() -> None:
    async with shown(replace(EDITED, kept=BOTH), (80, 24)) as screen:
        await tour(screen, 6)
        await screen.press("o", "home")
        assert LINE in screen.text
        await screen.press("enter")
        assert same(screen.session, EDITED)
        assert screen.session.kept == BOTH
        await tour(screen, 6)
        await screen.press("o", "home", "d", "d")
        assert LINE not in screen.text
        await screen.press("escape", "escape")
        assert screen.session.scenario.name == "lab-half"  # there is nothing to go back to any more
        assert screen.session.unwritten_sessions == BOTH
