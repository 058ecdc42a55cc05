"""The share string in the app: shown, copied, written, and opened from the gallery."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from relutui.scenario.share_string import read_share_string, share_string
from relutui.scenario.target import Target
from relutui.session.session import open_session
from tests.support.screen import shown
from tests.support.sessions import open_lab, opener


async def test_the_present_state_is_shown_and_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(open_lab(w1=1, b1=-1), (80, 24)) as screen:
        await screen.press("Y")
        assert "OSC 52" in screen.text
        read = read_share_string(screen.app.clipboard)
        assert (read.start.w[1], read.start.b[1]) == (1.0, -1.0)
        await screen.press("w")
        assert "written: lab-share.txt" in screen.text
        assert (tmp_path / "lab-share.txt").read_text() == f"{screen.app.clipboard}\n"
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_more_points_than_it_may_hold_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = Target((0.0, 9999.0), points=tuple((float(n), float(n)) for n in range(10_000)))
    scenario = replace(opener("measured").scenario, target=target, dataset=target.dataset(), domain=target.domain)
    async with shown(open_session(scenario), (80, 24)) as screen:
        await screen.press("Y", "c", "w")
        assert "measured: more than the 64 kB that a share string may hold" in screen.text
        assert not screen.app.clipboard
        assert not list(tmp_path.iterdir())


async def test_a_string_is_opened_from_the_gallery() -> None:
    text = share_string(opener("two-units").scenario)
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "slash")
        screen.app.screen.query_one(Input).value = text
        await screen.press("enter")
        assert screen.session.scenario.title == opener("two-units").scenario.title
        await screen.press("o", "slash")
        screen.app.screen.query_one(Input).value = text[:-9]
        await screen.press("enter")
        assert "share string: its end is missing; copy all of it" in screen.text
