import base64
from pathlib import Path

import pytest
from textual.widgets import Static

from relutui.ui.screens.equation import EquationScreen, wrapped
from relutui.ui.screens.text_to_copy import MAX_COPIED
from tests.support.screen import shown
from tests.support.sessions import open_lab, opener


async def test_it_is_read_copied_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(open_lab(w1=1, b1=-1), (80, 24)) as screen:
        await screen.press("quotation_mark")
        assert "ŷ = relu(-2 x + 2) + relu(x - 1)" in screen.text
        await screen.press("c")
        assert screen.app.clipboard == "ŷ = relu(-2 x + 2) + relu(x - 1)"
        assert "OSC 52" in screen.text
        await screen.press("w")
        assert "written: lab-equation.txt" in screen.text
        await screen.press("w")
        assert "lab-equation.txt exists" in screen.text
        assert (tmp_path / "lab-equation.txt").read_text().startswith("In w, b and v\nŷ = relu(-2 x + 2)")
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_a_hundred_units_scroll_and_are_copied_whole() -> None:
    async with shown(opener("shifted-100"), (80, 24)) as screen:
        await screen.press("quotation_mark", "c")
        assert screen.app.clipboard.count("relu(") == 100
        assert len(base64.b64encode(screen.app.clipboard.encode())) < MAX_COPIED
        assert isinstance(screen.app.screen, EquationScreen)
        assert "exactly" in str(screen.app.screen.query_one("#text", Static).content)


def test_lines_end_between_terms() -> None:
    assert wrapped(("ŷ =", "aaaa", "+ bbbb", "+ cccc"), 12) == "ŷ = aaaa\n    + bbbb\n    + cccc"
