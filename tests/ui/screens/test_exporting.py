"""The dialog of E: the ending of the name says what is written, and nothing is written over unasked."""

from pathlib import Path

import numpy as np
import pytest

from relutui.scenario.reader import parse
from relutui.session.session import open_session
from relutui.ui.widgets.path_input import PathInput
from tests.support.screen import shown
from tests.support.sessions import open_lab, opener


async def test_the_present_state_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.press("E", "enter")
        assert "exported: lab.py, a script that computes the predictions" in screen.text
        assert "w = np.array([-2.0, 1.0, 0.0])" in Path("lab.py").read_text()
        assert "● unsaved" in screen.text  # a script is no scenario
        await screen.press("E", "enter")
        assert "lab.py exists; enter again overwrites it" in screen.text
        Path("lab.py").write_text("changed")
        await screen.press("enter")
        assert "lab.py has changed since; enter again overwrites it" in screen.text
        await screen.press("enter")
        assert Path("lab.py").read_text() != "changed"


async def test_the_ending_says_what_is_written(tmp_path: Path) -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        for ending in (".torch.py", ".npz", ".svg", ".txt"):
            await screen.press("E")
            await screen.enter_path(tmp_path / f"net{ending}")
            assert "exported: " in screen.text
        await screen.press("E")
        await screen.enter_path(tmp_path / "net.toml")
        assert "expected one of the endings below" in screen.text
        assert isinstance(screen.app.focused, PathInput)
        await screen.press("escape")
    assert "import torch" in (tmp_path / "net.torch.py").read_text()
    assert np.load(tmp_path / "net.npz")["w"].tolist() == [-2.0, 1.0, 0.0]
    assert (tmp_path / "net.svg").read_text().startswith("<svg")
    assert (tmp_path / "net.txt").read_text(encoding="utf-8").startswith(" lab  ")
    assert len(list(tmp_path.iterdir())) == 4


async def test_the_loss_curve_is_that_of_the_training_so_far(tmp_path: Path) -> None:
    """With c alone free, of the points 0 and 2, each step of 1/4 halves c's way to the mean: c = 0, 1/2, 3/4."""
    points = '[target]\npoints = [[0, 0], [1, 2]]\n[[unit]]\nw = 0.0\nb = 0.0\nv = 0.0\nlock = ["w", "b", "v"]\n'
    settings = "[training]\nlearning_rate = 0.25\n"
    async with shown(open_session(parse(f'title = "T"\n{points}{settings}', "t", None))) as screen:
        await screen.press("s", "s", "E")
        await screen.enter_path(tmp_path / "t.loss.csv")
        assert "exported: " in screen.text
    assert (tmp_path / "t.loss.csv").read_text().splitlines() == ["step,loss", "0,2.0", "1,1.25", "2,1.0625"]


async def test_the_file_that_the_points_come_from_is_never_written_over(tmp_path: Path) -> None:
    data = tmp_path / "pay.csv"
    data.write_text("x,y\n0,1\n1,3\n2,2\n")
    async with shown(opener(str(data))) as screen:
        await screen.press("E")
        await screen.enter_path(data)
        await screen.press("enter")
        assert "where the points come from" in " ".join(screen.part(".dialog").replace("│", " ").split())
    assert data.read_text() == "x,y\n0,1\n1,3\n2,2\n"
