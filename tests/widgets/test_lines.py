import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.strip import Strip

from relutui.widgets.lines import Lines, _common_tail, strip_of


class LinesApp(App[None]):
    CSS = "Lines { border: solid white; width: 12; height: 5; }"  # 10 x 3 inside, at (1, 1) of the screen

    def compose(self) -> ComposeResult:
        yield Lines()

    @property
    def text(self) -> list[str]:
        return [strip.text[1:11] for strip in self.screen._compositor.render_strips()[1:4]]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The spans (y, first, last + 1) of the screen repainted since the list was last cleared."""
    spans: list[tuple[int, int, int]] = []
    original = Compositor.render_partial_update

    def recorded(self: Compositor) -> object:
        update = original(self)
        spans.extend(update.spans if update is not None else [])
        return update

    monkeypatch.setattr(Compositor, "render_partial_update", recorded)
    return spans


async def test_texts_are_cut_and_padded_and_rows_beyond_the_height_dropped() -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        app = pilot.app
        assert isinstance(app, LinesApp)
        app.query_one(Lines).show([Text("ab"), Text("0123456789abc"), strip_of(Text("strip"), 10), Text("too low")])
        await pilot.pause()
        assert app.text == ["ab        ", "0123456789", "strip     "]
        app.query_one(Lines).show([Text("one")])
        await pilot.pause()
        assert app.text == ["one       ", " " * 10, " " * 10]


async def test_only_changed_rows_are_repainted_and_none_beyond_the_last_change(
    painted: list[tuple[int, int, int]],
) -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.show([Text("first"), Text("second"), Text("third")])
        await pilot.pause()
        painted.clear()
        lines.show([Text("first"), Text("secXnd"), Text("third")])
        await pilot.pause()
        assert painted == [(2, 1, 5)]  # from the border to the X
        painted.clear()
        lines.show([Text("first"), Text("secXnd"), Text("third")])
        await pilot.pause()
        assert painted == []
        lines.show([Text("first"), Text("secXnd"), Text("third", "bold")])
        await pilot.pause()
        assert painted == [(3, 1, 6)]


async def test_another_size_repaints_everything(painted: list[tuple[int, int, int]]) -> None:
    async with LinesApp().run_test(size=(20, 8)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.show([Text("0123456789abcdef")])
        lines.styles.width = 16
        await pilot.pause()
        painted.clear()
        lines.show([Text("0123456789abcdef")])
        await pilot.pause()
        assert {y for y, _, _ in painted} == {0, 1, 2, 3, 4}
        assert "0123456789abcd" in pilot.app.screen._compositor.render_strips()[1].text


BOLD = Style(bold=True)


def test_the_style_of_the_whole_text_counts_whatever_else_is_styled() -> None:
    partly = Text("ab", "bold")
    partly.stylize("red", 1, 2)
    assert [(segment.text, str(segment.style)) for segment in strip_of(partly, 2)] == [("a", "bold"), ("b", "bold red")]
    assert [(segment.text, str(segment.style)) for segment in strip_of(Text("ab", "bold"), 2)] == [("ab", "bold")]


@pytest.mark.parametrize(("old", "new", "tail"), [
    ([("abc", None)], [("abc", None)], 3),
    ([("abc", None)], [("ab", None), ("c", None)], 3),  # split differently, looks the same
    ([("abc", None)], [("abc", Style())], 3),  # a null style says nothing
    ([("abc", None)], [("aXc", None)], 1),
    ([("abc", None)], [("ab", BOLD), ("c", None)], 1),
    ([("abc", BOLD)], [("abc", None)], 0),
    ([("a日本", None)], [("b日本", None)], 4),  # wide characters
    ([("", BOLD), ("abc", None)], [("abc", None), ("", BOLD)], 3),
    ([("abc", None)], [("xabc", None)], 3),
    ([], [("abc", None)], 0),
])  # fmt: skip
def test_the_common_tail_is_counted_in_cells(old: list[tuple[str, Style]], new: list[tuple[str, Style]], tail: int) -> None:
    first, second = (Strip([Segment(text, style) for text, style in strip]) for strip in (old, new))
    assert _common_tail(first, second) == tail


PIECES = st.lists(st.tuples(st.text("ab", max_size=3), st.sampled_from([None, BOLD])), max_size=5)


@given(PIECES, PIECES)
def test_the_common_tail_is_that_of_the_single_characters(
    old: list[tuple[str, Style | None]], new: list[tuple[str, Style | None]]
) -> None:
    first, second = ([(character, style) for text, style in strip for character in text] for strip in (old, new))
    expected = 0
    while expected < min(len(first), len(second)) and first[-1 - expected] == second[-1 - expected]:
        expected += 1
    strips = [Strip([Segment(text, style) for text, style in strip]) for strip in (old, new)]
    assert _common_tail(*strips) == expected
