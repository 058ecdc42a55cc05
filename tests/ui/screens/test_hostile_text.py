"""Text from files is shown as it is: neither markup nor an escape sequence in it does anything."""

import unicodedata
from pathlib import Path

import pytest

from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from relutui.session.session import open_session
from tests.support.screen import Screen, shown

MARKUP = "[bold red]x[/] [@click=app.bell]y[/]"
STEERING = "\x1b[2J\x1b]0;hello\x07\x9b31m\u202egnp\u200b"
TEXT = f"{MARKUP} {STEERING}end"

SCENARIO = f"""
title = {TEXT!r}
summary = "{MARKUP} summary"
lesson = '''
{MARKUP} lesson
'''
[target]
points = [[0, 0], [1, 2]]
[[unit]]
w = 1.0
b = 0.0
v = 1.0
[exercise]
solved_below = 1e-9
hints = ["{MARKUP} hint"]
[[ask]]
text = {TEXT!r}
then = {TEXT!r}
keys = ["{MARKUP[:20]}"]
[[ask.choice]]
text = "{MARKUP} a"
misconception = {TEXT!r}
[[ask.choice]]
text = "{MARKUP} b"
right = true
""".replace(repr(TEXT), '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in TEXT) + '"')


def steering(text: str) -> set[str]:
    """The characters of a screen that are no plain text."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


async def hostile(screen: Screen, *keys: str) -> str:
    await screen.press(*keys)
    assert steering(screen.text) == set()
    return " ".join(screen.text.split())


async def test_title_summary_hint_and_lesson() -> None:
    session = open_session(parse(SCENARIO, "hostile", None))
    async with shown(session, (160, 50)) as screen:
        assert f"{MARKUP} [2J]0;hello31mgnpend" in await hostile(screen)
        assert f"{MARKUP} summary" in screen.text
        assert f"{MARKUP} hint" in await hostile(screen, "h", "h")
        assert "[bold red]x" in await hostile(screen, "t")
        asked = await hostile(screen, "escape", "Q")
        assert asked.count(MARKUP) >= 3
        assert f"{MARKUP} [2J]0;hello31mgnpend" in (await hostile(screen, "1")).rpartition("mistake behind it:")[2]


async def test_a_unit_with_hostile_keys_is_refused_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = SCENARIO.replace("w = 1.0", '"w[red]\\u001b[31m" = 1.0\nw = "[bold]\\u001b[0mz"')
    with pytest.raises(ScenarioError) as error:
        parse(bad, "bad", None)
    assert steering(str(error.value)) == set()
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text(bad, encoding="utf-8")
    async with shown(size=(80, 24)) as screen:
        await screen.press("o")
        await screen.press("tab", *"bad.toml", "enter")
        for size in ((80, 24), (120, 36)):
            await screen.resize(size)
            said = "".join(screen.text.split())
            assert 'unit0:w:expectedafinitenumberofatmost1e+39eitherway,got"[bold][0mz"' in said.replace("│", "")
            assert steering(screen.text) == set()
