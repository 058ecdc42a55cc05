"""What is asked of a CSV file before it opens."""

from pathlib import Path

import pytest
from textual import events

from relutui.scenario.csv_scenario import CsvQuestion
from relutui.ui.screens.csv_dialog import CsvDialog
from relutui.ui.screens.gallery import Gallery
from tests.support.screen import shown, until
from tests.support.sessions import open_lab, opener

CRASH = '"rownames","times","accel"\n"1",2.4,0\n"2",2.6,-1.3\n"3",3.2,NA\n"4",3.6,-2.7\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "crash.csv").write_text(CRASH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_columns_are_chosen_and_rows_left_out_by_keys_at_any_size() -> None:
    for size in ((80, 24), (40, 12)):
        async with shown(open_lab(), size) as screen:
            await screen.press("o", "slash", *"crash.csv", "enter")
            assert "Which of its 3 columns is x?" in screen.text
            assert "2 times  2.4  2.6  3.2" in screen.text
            await screen.press("down", "enter")
            assert "Which of its 3 columns is y?" in screen.text
            assert "▸ 3 accel" in screen.text
            await screen.press("enter")
            assert "One row has an empty or NA cell. Leave it out?" in " ".join(screen.text.replace("│", " ").split())
            await screen.press("d")
            assert screen.session.scenario.target.points == ((2.4, 0), (2.6, -1.3), (3.6, -2.7))
            said = " ".join(screen.text.split())
            assert "crash.csv: 3 columns, x is times, y is accel; 1 row without" in said or size == (40, 12)


async def test_values_with_decimal_commas_and_empty_cells_can_be_told_apart(folder: Path) -> None:
    (folder / "crash.csv").write_text("year;pay;bonus\n2008;31,2;1,5\n2009;31,9;\n2010;32,1;1,9\n")
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "slash", *"crash.csv", "enter")
        assert "2 pay  31,2  31,9  32,1" in screen.text
        assert '3 bonus  1,5  ""  1,9' in screen.text
        await screen.press("down", "down", "enter")
        assert "▸ 1 year" in screen.text  # the last is x, so that y begins at the first


async def test_keys_typed_ahead_each_answer_their_own_question() -> None:
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "slash", *"crash.csv", "enter")
        for key in ("down", "enter", "enter", "d"):
            screen.app.post_message(events.Key(key, None))
        await until(lambda: screen.session.scenario.name == "crash")
        assert screen.session.scenario.target.points == ((2.4, 0), (2.6, -1.3), (3.6, -2.7))


async def test_esc_leads_back_column_by_column_to_the_gallery() -> None:
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "slash", *"crash.csv", "enter", "enter")
        assert "is y?" in screen.text
        await screen.press("escape")
        assert "is x?" in screen.text
        await screen.press("escape")
        assert isinstance(screen.app.screen, Gallery)


async def test_a_column_without_numbers_is_said_and_another_can_be_chosen(folder: Path) -> None:
    (folder / "crash.csv").write_text(CRASH.replace("NA", "-1").replace('"2"', '"b"'))
    async with shown(open_lab(), (80, 24)) as screen:
        await screen.press("o", "slash", *"crash.csv", "enter", "enter", "down", "enter")
        assert 'crash.csv: line 3, column rownames: expected a number, got "b"' in screen.text
        await screen.press("down", "enter", "enter")
        assert len(screen.session.dataset) == 4


async def test_a_file_that_asks_is_asked_at_the_start(folder: Path) -> None:
    with pytest.raises(CsvQuestion) as question:
        opener("crash.csv")
    async with shown(ask=question.value) as screen:
        assert isinstance(screen.app.screen, CsvDialog)
        await screen.press("down", "enter", "enter", "d")
        assert screen.session.scenario.name == "crash"


async def test_the_gallery_lists_the_file_and_asks_when_it_is_opened(folder: Path) -> None:
    (folder / "large.csv").write_text("x,y\n" + "1,2\n" * 50_000)
    async with shown(open_lab(), (120, 36)) as screen:
        await screen.press("o", "end")
        assert "0.2 MB: read when it is opened" in screen.text
        await screen.press("up")
        assert "crash.csv: 3 columns: 1 rownames, 2" in screen.text
        await screen.press("enter")
        assert isinstance(screen.app.screen, CsvDialog)
