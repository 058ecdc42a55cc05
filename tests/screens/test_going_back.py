"""What was not written is not lost when another scenario is opened: the gallery leads back to it."""

from screen import Screen, shown, until
from support import open_lab

from relutui.screens.guided import Guide
from relutui.session import Session

EDITED = open_lab(w1=3)
LINE = "back to lab, as you left it"


async def at_once() -> None:
    pass


def same(now: Session, then: Session) -> bool:
    return (now.states, now.selection, now.best) == (then.states, then.selection, then.best)


async def back(screen: Screen) -> None:
    await screen.press("o", "home", "enter")


async def test_the_gallery_leads_back_and_undo_still_works() -> None:
    async with shown(EDITED, (80, 24)) as screen:
        await screen.press("o", "down", "enter")
        assert screen.session.scenario.name == "lab-half"
        await screen.press("o")
        assert LINE in screen.text
        await screen.press("home", "enter")
        assert same(screen.session, EDITED)
        await screen.press("u")
        assert screen.session.state == open_lab().state


async def test_what_was_written_or_never_changed_needs_no_way_back() -> None:
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "down", "enter")
        await screen.press("o")
        assert "as you left it" not in screen.text


async def test_tours_after_one_another_lead_back_to_before_the_first() -> None:
    async with shown(EDITED, (80, 24)) as screen:
        screen.explore.guide = Guide(screen.explore, at_once)
        for question in (6, 7):  # both leave a changed state behind
            await screen.press("question_mark", "tab", *["down"] * (question - 1), "enter")
            await until(lambda: bool(screen.session.tour and not screen.session.tour.going))
            await screen.press("escape")
            assert screen.session.unsaved
        await back(screen)
        assert same(screen.session, EDITED)
        assert not screen.session.running


async def test_a_tour_leads_back_to_what_was_edited_last() -> None:
    """Not to what was left before that."""
    async with shown(EDITED, (80, 24)) as screen:
        screen.explore.guide = Guide(screen.explore, at_once)
        await screen.press("o", "down", "enter", "plus")
        edited = screen.session
        assert edited.scenario.name == "lab-half"
        await screen.press("question_mark", "tab", "enter")
        await until(lambda: bool(screen.session.tour and not screen.session.tour.going))
        await screen.press("escape")
        await back(screen)
        assert same(screen.session, edited)
