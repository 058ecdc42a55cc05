"""The screen shows what the course has explained so far, and everything outside it, in tours and after D."""

from dataclasses import replace
from itertools import pairwise

import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.default_message import default_message
from relutui.readout.fit import read_fit
from relutui.readout.status import read_footer, read_status
from relutui.readout.table import read_table
from relutui.scenario.course import COURSE, EVERY_WORD, words_of
from relutui.session.introduction import introduce
from relutui.session.questions import QUESTIONS
from relutui.session.session import Session
from relutui.session.tours import Tour
from tests.support.sessions import opener, with_values


def opened(name: str) -> Session:
    return introduce(opener(name))


def test_each_chapter_adds_to_the_words_of_those_before_it() -> None:
    known = [words_of(chapter.scenarios[0]) for chapter in COURSE]
    assert known[0] == frozenset()
    assert all(before <= after for before, after in pairwise(known))
    assert known[-1] == EVERY_WORD == words_of("of one's own")


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("one-unit", ("kink",)),
        ("lab", ("kink", "on")),
        ("hat", ("kink", "side", "on")),
        ("lab-free", ("kink", "side", "on", "state")),
    ],
)
def test_columns_come_with_their_chapter(name: str, columns: tuple[str, ...]) -> None:
    assert read_table(opened(name)).notes == columns
    assert read_table(opener(name)).notes == ("kink", "side", "on", "state")


def test_the_first_scenario_speaks_of_no_training() -> None:
    first = opened("one-unit")
    status = read_status(first)
    assert (status.training, status.device) == ("", "")
    assert not {"s", "space", "g", "p"} & {key for key, _ in read_footer(first).keys}
    assert first.tabs == ("units",)


def test_the_probe_the_views_and_the_panels_of_numbers_come_with_the_second_chapter() -> None:
    first, second = opened("one-unit"), opened("two-units")
    assert (read_fit(first).probe, read_fit(second).probe) == (None, second.view.probe)
    assert second.tabs == ("units", "strips", "walk", "network")
    assert ["v" in {key for key, _ in read_footer(session).keys} for session in (first, second)] == [False, True]


def test_tab_leads_only_to_panels_that_were_explained() -> None:
    small, medium = (opened("one-unit").with_view(layout=layout) for layout in ("small", "medium"))
    there = apply(by_id("panel"), small)
    assert isinstance(there, Session)
    assert there.view.tab == "units"
    refused = apply(by_id("panel"), medium)
    assert isinstance(refused, Session)
    assert refused.view.message
    assert refused.view.message.text == "every panel is on the screen at this size"
    full = apply(by_id("panel"), medium.with_view(full="units"))
    assert isinstance(full, Session)
    assert full.view.full == "chart"


def test_push_arrows_the_best_so_far_and_states_wait() -> None:
    early, late = (with_values(session, w1=1, b1=9) for session in (opened("lab"), opener("lab")))
    assert all(kink.move is None for kink in read_fit(early).kinks)
    assert any(kink.move is not None for kink in read_fit(late).kinks)
    assert "always on" in default_message(late)
    assert "always on" not in default_message(early)
    worse = with_values(
        opened("one-unit"),
        w0=1,
    )
    worse = with_values(worse, w0=0.5)
    assert read_fit(worse).best is None
    assert read_fit(replace(worse, view=replace(worse.view, words=EVERY_WORD))).best is not None


def test_d_shows_everything_until_it_is_pressed_again() -> None:
    first = opened("one-unit")
    shown = apply(by_id("everything"), first)
    assert isinstance(shown, Session)
    assert shown.progress.show_everything
    assert read_table(shown).notes == ("kink", "side", "on", "state")
    back = apply(by_id("everything"), shown.with_view(tab="strips"))
    assert isinstance(back, Session)
    assert not back.progress.show_everything
    assert back.view.tab == "units"
    assert read_table(back).notes == ("kink",)


def test_a_tour_shows_everything() -> None:
    assert read_table(replace(opened("lab"), tour=Tour(QUESTIONS[0]))).notes == ("kink", "side", "on", "state")
