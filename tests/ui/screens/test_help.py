from collections.abc import Callable

from textual import events

from relutui.docs.pages import PAGES, read_page, title
from relutui.explain.concepts import CONCEPTS, concepts_of
from relutui.session.questions import QUESTIONS
from relutui.ui.screens.help import find_terms
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab


def without_spaces(screen: Screen) -> str:
    """What a wrapped text is found in, whatever is on both sides of it: borders, the end of a scroll bar."""
    return "".join(screen.text.translate(dict.fromkeys(map(ord, "│▁▂▃▄▅▆▇█"))).split())


async def test_tab_leads_from_the_keys_to_the_words_the_questions_and_the_manual_and_back(
    times: Callable[[int, int], int],
) -> None:
    async with shown(size=(80, 24), trainer=FakeTrainer(advice="clang would be faster")) as screen:
        for size in ((80, 24), (40, 12), (120, 36))[: times(2, 3)]:
            await screen.resize(size)
            await screen.press("question_mark")
            assert "‹Keys›" in screen.text
            await screen.press("end")
            assert "clangwouldbefaster" in without_spaces(screen)
            for title_ in ("‹Words›", "‹Questions›", "‹Manual", "‹Keys›"):
                await screen.press("tab")
                assert title_ in screen.text
            await screen.press("shift+tab", "shift+tab")
            assert "‹Questions›" in screen.text
            await screen.press("q")
            assert screen.app.screen is screen.explore


async def test_words_are_found_as_they_are_typed() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "slash", *"dead")
        assert "z is 0 or below at every point" in screen.text
        assert "one hidden neuron" not in screen.text
        await screen.press("q", "x")
        assert "no word here has 'deadqx' in it" in screen.text
        await screen.press("enter", "escape")
        assert screen.app.screen is screen.explore


def test_a_term_stands_before_what_only_speaks_of_it() -> None:
    terms = [term for term, _ in find_terms("kink")]
    assert terms[0] == "kink"
    assert "bias b" in terms
    assert find_terms("no such word") == []


async def test_the_palette_finds_questions_words_views_and_panels() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.find_command("dying relu", "Question 11")
        await screen.press("escape", "escape")
        await screen.find_command("word twin", "Word: twin")
        await screen.pilot.press("enter")
        await until(lambda: "‹Words›" in screen.text and "has the same kink and side" in screen.text)
        await screen.press("escape")
        await screen.find_command("view network", "View: network")
        await screen.pilot.press("enter")
        await until(lambda: screen.session.view.name == "network")
        await screen.find_command("panel loss", "Panel: Loss")
        await screen.pilot.press("enter")
        await until(lambda: screen.session.view.full == "loss")


def test_every_concept_leads_to_a_question() -> None:
    known = frozenset(question.number for question in QUESTIONS)
    led = [concept for number in known for concept in concepts_of(number, known)]
    assert len(led) == len(set(led))
    assert {"bias", "local minimum", "dead unit, dying relu", "saddle"} <= set(led)
    assert {number for numbers in CONCEPTS.values() for number in numbers} == set(range(1, 27))


async def test_a_page_of_the_manual_opens_over_the_list_scrolls_and_leads_back() -> None:
    page = read_page("scenarios")
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "tab", "tab", "tab", *["down"] * PAGES.index("scenarios"), "enter")
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
        for key in ("question_mark", "tab", "tab", "down"):
            screen.app.post_message(events.Key(key, None))
        await until(lambda: "▸  2 What is 'cut off'?" in screen.text)
        assert screen.session.view.tab == "units"


async def test_every_question_is_there_with_its_scenario_and_keys() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "tab", "tab")
        for question in QUESTIONS:
            assert "".join(f"▸{question.number}{question.text}".split()) in without_spaces(screen)
            assert f"scenario {question.scenario}   keys: {' '.join(question.keys)}" in screen.text
            assert "".join(question.answer.split()) in without_spaces(screen)
            await screen.press("down")


async def test_the_marked_question_stays_in_sight_where_the_list_becomes_lower() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("question_mark", "tab", "tab", *["down"] * 13)
        assert "▸ 14 What" in screen.text
        await screen.resize((80, 17))
        assert "▸ 14 What" in screen.text


async def test_enter_begins_the_tour_of_the_question() -> None:
    async with shown(open_lab(w1=3), size=(80, 24)) as screen:
        await screen.press("question_mark", "tab", "tab")
        await screen.press(*["down"] * 5, "enter")
        await until(lambda: screen.session.tour is not None)
        await screen.press()
        assert screen.session.scenario.name == "lab-half"
        assert "Question 6: Does the bias move the curve up or sideways?" in screen.text
        assert f"▸ {QUESTIONS[5].steps[0].caption}" in screen.text
        assert "keys: v right + + +   space: next   esc: back to lab" in screen.text
