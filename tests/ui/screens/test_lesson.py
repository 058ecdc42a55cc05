import pytest
from textual.widgets import Markdown

from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from relutui.ui.screens.lesson import MAX_MARKDOWN_CHARACTERS, MAX_TOKENS
from tests.support.screen import Screen, shown
from tests.support.sessions import said


def taught(lesson: str, title: str = "A title") -> Session:
    text = f"title = '{title}'\nlesson = '''\n{lesson}\n'''\n[target]\npoints = [[0, 0], [1, 1]]\n[init]\nunits = 2\n"
    return open_session(parse(text, "taught", None))


def words(screen: Screen) -> str:
    return " ".join(screen.text.split())


async def test_the_lesson_stands_beside_the_chart_where_there_is_room() -> None:
    session = taught("## What you see\n\nTwo *units*.\n\n- one\n- two")
    async with shown(session) as screen:
        for size, beside in (((120, 36), True), ((200, 60), True), ((80, 24), False), ((40, 12), False)):
            await screen.resize(size)
            await screen.press("t")
            assert "─ A title ─" in screen.text
            for expected in ("What you see", "Two units.", "• one", "• two"):
                assert expected in screen.text
            lesson = screen.app.screen.query_one(".lesson").region
            if beside:
                assert lesson.x >= size[0] / 2
                assert "● target" in screen.text
                assert "step 0" in screen.text
            else:
                assert (lesson.x, lesson.width) == (0, size[0])
            await screen.press("escape")


async def test_a_long_lesson_scrolls() -> None:
    lesson = "```\n" + "\n".join(f"line {number}." for number in range(60)) + "\n```"
    async with shown(taught(lesson)) as screen:
        for size in ((80, 24), (120, 36)):
            await screen.resize(size)
            await screen.press("t")
            assert "line 0." in screen.text
            assert "line 59." not in screen.text
            await screen.press("end")
            assert "line 59." in screen.text
            await screen.press("home")
            assert "line 0." in screen.text
            await screen.press("escape")


async def test_it_is_closed_by_a_plain_key() -> None:
    async with shown(taught("Text.")) as screen:
        for key in ("escape", "t", "q", "enter"):
            await screen.press("t")
            assert screen.app.screen is not screen.explore
            await screen.press(key)
            assert screen.app.screen is screen.explore


async def test_a_scenario_without_a_lesson_says_so() -> None:
    async with shown(taught("")) as screen:
        await screen.press("t")
        assert screen.app.screen is screen.explore
        assert said(screen.session) == "this scenario has no lesson"


HOSTILE = """
[bold red]x[/] [@click=app.bell]y[/] [/foo] if a<b and c>d

<div>block</div>

# [reverse]h[/]

| [b]c[/] |
|---------|
"""


async def test_what_looks_like_markup_or_html_is_shown_as_it_is() -> None:
    async with shown(taught(HOSTILE, "[bold]T[/bold]"), (200, 60)) as screen:
        await screen.press("t")
        for expected in (
            "[bold]T[/bold]", "[bold red]x[/]", "[@click=app.bell]y[/]", "[/foo]", "a<b and c>d", "<div>block</div>",
            "[reverse]h[/]", "[b]c[/]",
        ):  # fmt: skip
            assert expected in words(screen).replace("│ ", "")


async def test_too_much_markdown_is_shown_as_it_is_written() -> None:
    long = "*item* " * (MAX_MARKDOWN_CHARACTERS // 7 + 1)
    for lesson in ("- *item*\n" * (MAX_TOKENS // 5 + 1), "|" + "*cell*|" * MAX_TOKENS + "\n|" + "-|" * MAX_TOKENS, long):
        async with shown(taught(lesson)) as screen:
            await screen.press("t")
            assert "*item*" in screen.text or "*cell*" in screen.text
            assert len(screen.app.screen.query("*")) < 20


async def test_the_language_of_code_is_never_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    def guess(code: str, path: str | None) -> str:
        raise AssertionError("guessed")

    monkeypatch.setattr("textual.highlight.guess_language", guess)
    async with shown(taught("```\nx = 1\n```\n\n```python\ny = 2\n```\n\n    z = 3\n")) as screen:
        await screen.press("t")
        for code in ("x = 1", "y = 2", "z = 3"):
            assert code in screen.text


async def test_a_link_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[str] = []
    clicked: list[str] = []

    handle = Markdown.on_markdown_link_clicked

    def note(widget: Markdown, event: Markdown.LinkClicked) -> None:
        clicked.append(event.href)
        handle(widget, event)

    monkeypatch.setattr(Markdown, "on_markdown_link_clicked", note)
    async with shown(taught("A [link](app.quit).")) as screen:
        monkeypatch.setattr(screen.app, "open_url", lambda url, **_: followed.append(url))
        await screen.press("t")
        row = next(row for row, line in enumerate(screen.lines) if "A link." in line)
        assert await screen.pilot.click(offset=(screen.lines[row].index("A link.") + 3, row))
        await screen.pilot.pause()
        assert clicked == ["app.quit"]
        assert followed == []
        assert screen.app.is_running
