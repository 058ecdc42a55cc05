"""The way through the course: from the gallery to a solved exercise, and by enter to the next."""

from dataclasses import replace

import pytest

from relutui.session.progress import Progress
from tests.support.screen import shown
from tests.support.sessions import opener


def flowing(lines: list[str]) -> str:
    """The lines as one."""
    return " ".join(line.strip() for line in lines)


async def test_from_the_gallery_to_the_first_success_in_four_keys_and_on() -> None:
    async with shown(opener("one-unit"), (80, 24), ask=True) as screen:
        await screen.press("enter")
        assert "Press + until the line meets the dots." in screen.text
        await screen.press("plus")
        assert "Press + until the line meets the dots." not in screen.text
        await screen.press("plus", "plus")
        assert screen.session.solved
        assert "the dots rise by 2 for each step of x. enter goes on to one-unit-kink." in flowing(screen.lines)
        await screen.press("enter")
        assert screen.session.scenario.name == "one-unit-kink"
        assert "Press - until the line meets the dots." in screen.text
        assert "one-unit is kept: o" in screen.text
        assert [kept.scenario.name for kept in screen.session.kept] == ["one-unit"]


@pytest.mark.parametrize("keys", ["Q down enter enter", "h", "I", "v", "tab", "question_mark escape"])
async def test_enter_goes_on_after_keys_that_only_look_too_and_the_footer_says_so(keys: str) -> None:
    async with shown(opener("one-unit"), (80, 24)) as screen:
        await screen.press("plus", "plus", "plus")
        await screen.press(*keys.split())
        if screen.session.view.asking:
            await screen.press("escape")
        assert "enter Go on to one-unit-kink" in screen.lines[-1]
        if keys != "I":  # what it says takes all the lines there are
            assert "enter goes on to one-unit-kink." in flowing(screen.lines)
        await screen.press("enter")
        assert screen.session.scenario.name == "one-unit-kink"


async def test_enter_types_once_a_cell_is_chosen_or_the_exercise_is_no_longer_solved() -> None:
    async with shown(opener("one-unit"), (80, 24)) as screen:
        await screen.press("plus", "plus", "plus", "plus")
        assert "enter Type" in screen.lines[-1]
        await screen.press("minus")
        assert "enter Go on to one-unit-kink" in screen.lines[-1]
        await screen.press("right", "left")
        assert "enter Type" in screen.lines[-1]
        assert "Next: one-unit-kink (o)." in flowing(screen.lines)
        await screen.press("enter")
        assert screen.session.scenario.name == "one-unit"
        assert screen.session.view.typing


async def test_a_value_typed_that_solves_it_offers_the_next_as_well() -> None:
    async with shown(opener("one-unit"), (80, 24)) as screen:
        await screen.press("2", "enter")
        assert "enter goes on to one-unit-kink." in flowing(screen.lines)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 12)])
async def test_an_intro_is_whole_and_leaves_the_chart_in_sight(size: tuple[int, int]) -> None:
    async with shown(opener("one-unit"), size, ask=True) as screen:
        await screen.press("enter")
        assert " ".join(screen.session.scenario.intro.split()) in flowing(screen.lines)
        assert "◆" in screen.text


async def test_what_was_opened_before_is_not_introduced_again_but_t_shows_it() -> None:
    progress = Progress().with_opened("one-unit", 1)
    async with shown(replace(opener("one-unit"), progress=progress), (80, 24), ask=True) as screen:
        await screen.press("enter")
        assert "The dots are the target" not in screen.text
        await screen.press("t")
        assert "The dots are the target" in screen.text


async def test_where_there_is_nothing_to_solve_the_next_is_named_all_the_same() -> None:
    progress = Progress().with_opened("shifted-1", 1)
    async with shown(replace(opener("shifted-1"), progress=progress), (80, 24)) as screen:
        assert "Next: shifted-2 (o)." in screen.text
        await screen.press("plus")
        assert "Next: shifted-2 (o)." in screen.text
