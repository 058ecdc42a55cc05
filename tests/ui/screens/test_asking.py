"""A question on the screen: the chart stays in sight, and the work is as it was."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.session.journal import Journal
from relutui.session.progress_file import load_progress
from relutui.session.questions import QUESTIONS
from relutui.session.tours import Tour
from tests.support.screen import shown, until
from tests.support.sessions import opener

SIZES = [(80, 24), (40, 12), (120, 36)]


async def test_a_choice_and_a_place_at_every_size(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(opener("lab-half"), (80, 24)) as screen:
        before = screen.session
        parts = []
        for keys in (("Q",), ("1",), ("enter", "right", "pagedown", "pagedown"), ("enter",)):
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


async def test_a_tour_ends_in_its_question_also_over_a_screen_that_it_has_opened() -> None:
    question = next(question for question in QUESTIONS if question.number == 6)
    session = opener(question.scenario)
    async with shown(replace(session, tour=Tour(question, len(question.keys))), (80, 24)) as screen:
        assert "Q: answer one" in screen.part("#tour")
        await screen.press("Q")
        assert "Predict: Unit 1 has w = 1 and b = -1." in screen.text
        await screen.press("home", "enter", "enter")
        assert screen.session.progress.answers[0].ask == "question 6"
        assert screen.session.tour == Tour(question, len(question.keys))
        assert "Q: answer one" not in screen.part("#tour")
        screen.explore.navigator.show("lesson")
        await screen.press("Q")
        assert len(screen.app.screen_stack) == 1
        assert "Predict: Unit 1 has w = 1 and b = -1." in screen.text


async def test_the_mouse_puts_the_marker_and_moves_nothing_else() -> None:
    async with shown(opener("one-unit-kink"), (80, 24)) as screen:
        before = screen.session
        await screen.press("Q")
        chart = screen.explore.query_one("#chart")
        for at in (20, 40):
            await screen.pilot.click("#chart", offset=(at, 5))
            await screen.press()
        asked = screen.session.view.asking
        assert asked
        low, high = before.domain
        share = (40 - 8) / (chart.size.width - 8)  # of the plot area, behind the labels of the y axis
        assert asked.marker == pytest.approx(low + share * (high - low), abs=0.15)
        await screen.press("escape")
        assert replace(screen.session, progress=before.progress) == before
