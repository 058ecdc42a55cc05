"""`relutui.sweep`, and the page and the notebook that show all of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import relutui
from relutui import docs
from relutui.cli.main import main
from relutui.docs.pages import read_page


def test_it_finds_what_the_command_finds(capsys: pytest.CaptureFixture[str]) -> None:
    found = relutui.sweep("lab-free", seeds=16, steps=500, vary={"units": [3], "learning_rate": [0.02, 0.1]})
    assert main(["sweep", "lab-free", "--seeds=16", "--steps=500", "--json", "--vary=learning_rate=0.02,0.1"]) == 0
    told = json.loads(capsys.readouterr().out)["units"]
    assert [dict(starts.values) for starts in found] == [{key: row[key] for key in ("units", "learning_rate")} for row in told]
    for starts, row in zip(found, told):
        assert (len(starts.seeds), starts.success, starts.losses.min()) == (16, row["success"], row["best"])
        assert {name: number for name, number in row["outcomes"].items() if number} == {
            name: starts.outcomes.count(name) for name in set(starts.outcomes)
        }


def test_columns_of_a_file_of_data_are_chosen_as_in_load(tmp_path: Path) -> None:
    file = tmp_path / "pay.csv"
    file.write_text("year;pay;bonus\n2008;31,2;1,5\n2009;31,9;\n2010;32,1;1,9\n2011;35,0;2,5\n")
    (starts,) = relutui.sweep(file, seeds=2, steps=20, x="year", y="bonus", missing="drop")
    alone = relutui.load(file, x="year", y="bonus", missing="drop", seed=starts.best_seed).train(20)
    assert alone.y.tolist() == [1.5, 1.9, 2.5]
    assert alone.loss == pytest.approx(starts.losses.min(), rel=1e-5)


def test_the_best_seed_leads_to_the_best() -> None:
    (starts,) = relutui.sweep("lab-free", seeds=8, steps=300, first_seed=5)
    assert starts.seeds == range(5, 13)
    assert starts.losses[starts.best_seed - 5] == starts.losses.min()
    again = relutui.load("lab-free", seed=starts.best_seed).train(300)
    assert again.loss == pytest.approx(starts.losses.min(), rel=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"vary": {"rate": [1]}}, "^vary: expected values of units, learning_rate, "),
        ({"vary": {"scale": []}}, "^vary: expected values of units, learning_rate, "),
        ({"vary": {"learning_rate": [0.1, -1]}}, "^learning_rate: expected a finite number above 0, got -1$"),
        ({"vary": {"learning_rate": [None]}}, "^vary: expected values to train with, got learning_rate=None$"),
        ({"vary": {"units": 3}}, "^vary: expected a list of values of units, got 3$"),
        ({"vary": {"scheme": "he"}}, "^vary: expected a list of values of scheme, got 'he'$"),
        ({"vary": ["units"]}, r"^vary: expected lists of values by name, as in \{'units': \[2, 3\]\}, got \['units'\]$"),
        ({"vary": {"units": [2, 2]}}, "^vary: expected different values of units, got 2 twice$"),
        ({"below": "a"}, "^below: expected a number above 0, got 'a'$"),
        ({"first_seed": 2**63 - 1, "seeds": 2}, "^first_seed: expected at most 9223372036854775806 for 2 seeds, got 92"),
        ({"seeds": 0}, "^seeds: expected a whole number of 1 or more, got 0$"),
        ({"seeds": 2.0}, r"^seeds: expected a whole number of 1 or more, got 2\.0$"),
        ({"steps": 1.5}, r"^steps: expected a whole number of 0 or more, got 1\.5$"),
        ({"below": 0}, "^below: expected a number above 0, got 0$"),
        ({"below": float("nan")}, "^below: expected a number above 0, got nan$"),
        ({"name": "lab", "vary": {"units": [2]}}, "^units is for scenarios that draw their units"),
    ],
)
def test_what_cannot_be_swept_is_said(options: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"name": "lab-free", "seeds": 1, "steps": 1}
    with pytest.raises(ValueError, match=said):
        relutui.sweep(**(given | options))


def test_the_code_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", read_page("python"), re.DOTALL):
        exec(block, names)
    assert names["trained"].loss < names["start"].loss
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[-3:]] == ["2", "3", "4"]


def test_the_page_names_all_that_a_model_has() -> None:
    own = {name for name in vars(relutui.Model) if not name.startswith("_")}
    block = next(block for block in re.findall(r"```text\n(.*?)```", read_page("python"), re.DOTALL))
    assert own == set(re.findall(r"\w+", " ".join(line[:22].partition("(")[0] for line in block.splitlines())))
    assert all(name in read_page("python") for name in relutui.__all__)


def test_the_notebook_runs_and_finds_what_it_says() -> None:
    notebook = json.loads((Path(docs.__file__).parent / "notebook.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["lab"].loss == pytest.approx(2.4630, abs=5e-5)
    assert names["mistake"].loss == pytest.approx(0.8188, abs=5e-5)
    assert names["solved"].loss < 1e-20
    success = [starts.success for starts in names["found"]]
    assert success[-1] == max(success)  # of 2, 3, 4 and 6 units
    assert names["again"].loss < 1e-4  # where it stops
    assert not any(cell.get("outputs") for cell in notebook["cells"])  # which nobody would keep true
