from textual import events

from relutui.docs.pages import PAGES, read_page, title
from relutui.session.questions import QUESTIONS
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab


def without_spaces(screen: Screen) -> str:
    """What a wrapped text is found in, whatever is on both sides of it: borders, the end of a scroll bar."""
    return "".join(screen.text.translate(dict.fromkeys(map(ord, "│▁▂▃▄▅▆▇█"))).split())


async def test_tab_leads_from_the_words_to_the_questions_and_the_manual_and_back() -> None:
    async with shown(trainer=FakeTrainer(advice="clang would be faster")) as screen:
        for size in ((80, 24), (120, 36), (40, 12)):
            await screen.resize(size)
            await screen.press("question_mark")
            assert "‹Keys, words›" in screen.text
            await screen.press("end")
            assert "clangwouldbefaster" in without_spaces(screen)
            await screen.press("tab")
            assert "‹Questions›" in screen.text
            await screen.press("tab")
            assert "‹Manual" in screen.text
            await screen.press("tab")
            assert "‹Keys, words›" in screen.text
            await screen.press("shift+tab", "shift+tab")
            assert "‹Questions›" in screen.text
            await screen.press("q")
            assert screen.app.screen is screen.explore


async def test_a_page_of_the_manual_opens_over_the_list_scrolls_and_leads_back() -> None:
    page = read_page("scenarios")
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "tab", "tab", *["down"] * PAGES.index("scenarios"), "enter")
        await until(lambda: title(page) in screen.text)
        assert "Manual: scenarios" in screen.text
        await screen.press("end")
        await until(lambda: page.splitlines()[-2] in screen.text)  # the last row of a block
        assert title(page) not in screen.text
        await screen.press("escape")
        assert "▸ scenarios" in screen.text
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_keys_typed_ahead_of_it_reach_it() -> None:
    """As over a slow link, where several arrive at once."""
    async with shown() as screen:
        for key in ("question_mark", "tab", "down"):
            screen.app.post_message(events.Key(key, None))
        await until(lambda: "▸  2 What is 'cut off'?" in screen.text)
        assert screen.session.view.tab == "units"


async def test_every_question_is_there_with_its_scenario_and_keys() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "tab")
        for question in QUESTIONS:
            assert "".join(f"▸{question.number}{question.text}".split()) in without_spaces(screen)
            assert f"scenario {question.scenario}   keys: {' '.join(question.keys)}" in screen.text
            assert "".join(question.answer.split()) in without_spaces(screen)
            await screen.press("down")


async def test_enter_begins_the_tour_of_the_question() -> None:
    async with shown(open_lab(w1=3), size=(80, 24)) as screen:
        await screen.press("question_mark", "tab")
        await screen.press(*["down"] * 5, "enter")
        await until(lambda: screen.session.tour is not None)
        await screen.press()
        assert screen.session.scenario.name == "lab-half"
        assert "Question 6: Does the bias move the curve up or sideways?" in screen.text
        assert f"▸ {QUESTIONS[5].steps[0].caption}" in screen.text
        assert "keys: v right + + +   space: next   esc: back to lab" in screen.text
