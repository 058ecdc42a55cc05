"""A question on the screen: the chart stays in sight, and the work is as it was."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.session.journal import Journal
from relutui.session.progress_file import load_progress
from tests.support.screen import shown, until
from tests.support.sessions import opener

SIZES = [(80, 24), (40, 12), (120, 36)]


async def test_a_choice_and_a_place_at_every_size(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(opener("lab-half"), (80, 24)) as screen:
        before = screen.session
        parts = []
        for keys in (("Q",), ("1",), ("enter", "Q", "pagedown"), ("enter",)):
            await screen.press(*keys)
            parts.append(await screen.at_each(SIZES, "#ask"))
            await screen.resize((80, 24))
        assert "\n\n".join(parts) == screen_snapshot
        assert screen.part("#chart") == screen_snapshot(name="the truth")
        await screen.press("enter")
        assert replace(screen.session, progress=before.progress) == before


async def test_the_lesson_leads_to_the_questions() -> None:
    async with shown(opener("lab-half"), (80, 24)) as screen:
        await screen.press("t", "end")
        assert "Q asks you about it" in screen.text
        await screen.press("Q")
        assert "Predict, 1 of 2: Unit 1 has w = 1 and b = -1." in screen.text
        assert "╭─ Fit" in screen.text


@pytest.mark.usefixtures("state_folder")
async def test_an_answer_is_kept_at_once_and_a_key_goes_on() -> None:
    async with shown(opener("lab-half"), (80, 24), journal=Journal()) as screen:
        await screen.press("Q", "s", "2")
        await until(lambda: [answer.ask for answer in load_progress().answers] == ["lab-half 1"])
        assert screen.session.state.checkpoint.step == 0
        await screen.press("s")
        assert screen.session.view.asking is None
        assert screen.session.state.checkpoint.step == 1


async def test_a_scenario_without_questions_says_so() -> None:
    session = opener("sine")
    session = session.with_document(scenario=replace(session.scenario, asks=()))
    async with shown(session, (80, 24)) as screen:
        await screen.press("Q")
        assert "nothing is asked in this scenario" in screen.text
