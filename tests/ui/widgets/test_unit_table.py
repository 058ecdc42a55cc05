from dataclasses import replace
from typing import Any

import pytest
from textual._compositor import Compositor

from relutui.model.selection import Selection
from relutui.readout.table import Cell
from tests.ui.widgets.table_app import NARROW, TWELVE, shown


@pytest.mark.parametrize(("offset", "clicked"), [
    ((5, 2), (1, "w")),
    ((12, 1), (0, "b")),
    ((20, 3), (2, "v")),
    ((45, 1), (0, "w")),  # a note: the row, in the field one is in
    ((5, 5), (3, "c")),
    ((5, 3), None),  # where one is
    ((5, 0), None),
    ((5, 9), None),
])  # fmt: skip
async def test_clicks(offset: tuple[int, int], clicked: Any) -> None:
    async with shown() as (app, pilot):
        await pilot.click(offset=offset)
        assert app.take() == ([] if clicked is None else [Selection(*clicked)])


async def test_a_click_in_a_scrolled_table() -> None:
    async with shown(replace(TWELVE, selection=Selection(11, "b")), NARROW) as (app, pilot):
        await pilot.click(offset=(5, 1))
        assert app.take() == [Selection(8, "w")]


async def test_commands_reach_the_screen() -> None:
    keys = ["up", "down", "left", "right", "pagedown", "home", "plus",
             "minus", "left_square_bracket", "right_square_bracket", "less_than_sign", "greater_than_sign",
            "s", "S", "l", "q", "space", "comma", "full_stop", "escape", "tab", "f1"]  # fmt: skip
    async with shown() as (app, pilot):
        await pilot.press(*keys)
        assert app.bubbled == keys
        assert app.take() == []


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The spans (y, first, last + 1) repainted since the list was last cleared."""
    spans: list[tuple[int, int, int]] = []
    original = Compositor.render_partial_update

    def recorded(self: Compositor) -> Any:
        update = original(self)
        if update is not None:
            spans.extend(update.spans)
        return update

    monkeypatch.setattr(Compositor, "render_partial_update", recorded)
    return spans


async def test_only_what_changed_is_repainted(painted: list[tuple[int, int, int]]) -> None:
    async with shown() as (app, pilot):
        painted.clear()
        app.show()
        await pilot.pause()
        assert painted == []
        app.show(selection=Selection(1, "w"))
        await pilot.pause()
        assert painted == [(2, 0, 52), (3, 0, 52)]  # the two rows
        painted.clear()
        await pilot.press("7")
        await pilot.pause()
        assert painted == [(2, 0, 52)]
        painted.clear()
        app.show(c=Cell(0.5, True))
        await pilot.pause()
        assert painted == [(5, 0, 52)]
