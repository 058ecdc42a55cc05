import json
import re
from dataclasses import replace

import numpy as np
import pytest

from relutui.bench import plan as planning
from relutui.bench.contenders import Contender
from relutui.bench.machine import Machine
from relutui.bench.measure import Figure, Measured
from relutui.bench.plan import FULL, ON_GPU
from relutui.bench.report import Report, as_json, as_markdown
from relutui.bench.scaling import Growth, chart, growth
from relutui.bench.task import Task
from relutui.bench.thresholds import thresholds
from relutui.docs.pages import read_page
from tests.bench.lineup import CONTEST, PLAN
from tests.support.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MACHINE = Machine("A processor", 2, "Linux", "2026-01-02", {"numpy": "2.0"})


def figure(contender: str, task: Task, seconds: float, asked: int = 1_000, steps: int | None = None) -> Figure:
    return Figure(contender, task, 1, asked, steps or asked, (seconds, 2 * seconds, 3 * seconds))


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setattr(planning, "all_cores", lambda: 1)
    one, batch = Task(2), Task(2, networks=3)
    figures = [
        figure("relutui, clang", one, 0.1e-6),
        figure("relutui, clang", one, 0.05e-6, 10_000),
        figure("numpy", one, 0.7e-6, steps=500),
        figure("numpy", one, 0.7e-6, 10_000, steps=500),
        figure("relutui, clang", batch, 1e-6),
    ]
    growth = {
        "units": [figure("relutui, clang", task, 1e-6 * task.units, 10_000) for task in PLAN.growth["units"]],
        "points": [
            figure("relutui, clang", task, seconds, 10_000) for task, seconds in zip(PLAN.growth["points"], (1e-6, 1.3e-6))
        ],
        "networks": [],
        "points, of a batch of 256": [],
    }
    contest = replace(CONTEST, own=(replace(CONTEST.own[0], variant="CPU:CLANG"),))
    troubles = {("broken", "no such thing"): [one, batch]}
    return Report(
        MACHINE, contest, PLAN, Measured(figures, troubles), {axis: Measured(found) for axis, found in growth.items()}
    )


def test_the_tables(report: Report) -> None:
    text = as_markdown(report, 80, coloured=False)
    assert text.startswith("A processor, 2 cores, Linux; 2026-01-02; numpy 2.0\n")
    assert "| relutui, clang | 0.2 / 0.1 |\n| numpy          |       1.4 |" in text
    assert "| relutui, clang |    1.5 |" in text  # 3 networks in 2 us
    assert "\n    a relutui, clang: 1.00\n" in text
    assert "Not installed, so not measured: jax\n" in text
    assert "Without broken on 2 units, 256 points, sgd and 1 more: no such thing\n" in text
    assert max(map(len, text.splitlines()[1:])) <= 128
    assert "\x1b" not in text


def test_what_it_says_of_a_gpu(report: Report) -> None:
    tasks = Task(3, networks=16_384), Task(1000, networks=256), Task(100, networks=262_144)
    own = replace(CONTEST.own[0], name="relutui, CUDA", gpu=True)
    report = replace(
        report,
        machine=replace(MACHINE, gpu="CUDA (CUDA): A card"),
        contest=replace(CONTEST, own=(own,)),
        plan=ON_GPU,
        measured=Measured([figure(own.name, task, 1e-6, 10_000) for task in tasks]),
        growth={"networks": Measured()},
    )
    text = as_markdown(report, 80, coloured=False)
    assert text.startswith(
        "A processor, 2 cores, CUDA (CUDA): A card, Linux; 2026-01-02; numpy 2.0\n\nOn the GPU: relutui, CUDA. "
    )
    assert "On the processor, so not measured on large batches: numpy; broken; by points, clang. " in text
    assert "million steps a second at 10,000 steps a call, copies to the GPU and back included:\n" in text
    heads = [[head.strip() for head in line.split("|")[2:-1]] for line in text.splitlines() if line.startswith("|  ")]
    assert heads[-3:] == [
        ["256 of 3", "256 of 20", "256 of 100", "256 of 1,000"],
        ["16,384 of 3", "16,384 of 20", "16,384 of 100", "16,384 of 1,000"],
        ["262,144 of 3", "262,144 of 20", "262,144 of 100"],
    ]
    rows = [line.split("|")[2:-1] for line in text.splitlines() if line.startswith("| relutui, CUDA")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["-", "-", "-", "128"],  # 256 in 2 us
        ["8,192", "-", "-", "-"],
        ["-", "-", "131,072"],
    ]
    assert "parameters alone would take: 262,144 networks of 1,000 units\n" in text


def test_of_a_processor_it_says_nothing_of_a_gpu(report: Report) -> None:
    text = as_markdown(report, 80, coloured=False)
    assert "GPU" not in text
    assert "Batches of networks, million steps a second on one core:\n" in text


def test_the_targets(report: Report) -> None:
    found = {str(target) for target in report.targets}
    assert found == {
        "relutui, clang, 2 units, 1,000 steps a call: 7 x numpy (at least 8: MISSED)",
        "relutui, clang, 2 units, 10,000 steps a call: 14 x numpy (at least 8: met)",
        "relutui, clang, 64 points: 1.3 x that on 8 (at most 1.2: MISSED)",
    }


def test_the_rival_is_the_faster_of_two(report: Report) -> None:
    measured = Measured([figure("a", Task(2), 9e-6), figure("b", Task(2), 4e-6), figure("relutui, clang", Task(2), 1e-6)])
    peers = tuple(Contender(name, "", "", "jax") for name in ("a", "b"))
    contest = planning.Lineup(report.contest.own, report.contest.by_points, peers, ())
    said = [str(target) for target in thresholds(contest, PLAN, measured, {axis: Measured() for axis in PLAN.growth}, 1)]
    assert said == [f"relutui, clang, 2 units, 1,000 steps a call: 4 x b (at least {n}: MISSED)" for n in (10, 8)]


def test_the_json_is_one_object(report: Report) -> None:
    found = json.loads(json.dumps(as_json(report)))
    assert found["processor"] == "A processor"
    assert found["figures"][0] | {"rounds": None, "us_a_step": None} == {
        "contender": "relutui, clang", "units": 2, "points": 256, "optimizer": "sgd", "networks": None, "cores": 1,
        "steps_asked": 1_000, "steps_a_call": 1_000, "us_a_step": None, "rounds": None,
    }  # fmt: skip
    assert found["figures"][0]["us_a_step"] == pytest.approx(0.2)
    (line,) = found["growth"]["units"]
    assert (line["contender"], line["sizes"]) == ("relutui, clang", [1, 4])
    assert [line["exponent"], *line["us_a_step"]] == pytest.approx([1.0, 2.0, 8.0])
    assert [target["met"] for target in found["targets"]] == [False, True, False]
    assert found["missing"] == ["jax"]
    assert [len(trouble["tasks"]) for trouble in found["troubles"]] == [2]


def test_the_exponent_is_that_of_the_power_law() -> None:
    sizes = (1, 4, 16)
    figures = [figure("", Task(size), 1e-6 * size**0.5) for size in sizes]
    assert growth("a", sizes, figures).exponent == pytest.approx(0.5)


def test_the_chart_marks_what_was_measured() -> None:
    lines = [Growth("one", (10, 1000), (1e-6, 1e-4), 1.0), Growth("two", (10, 1000), (1e-5, 1e-5), 0.0)]
    rows = chart(lines, 60, coloured=False)
    assert {len(row) for row in rows[:-1]} == {60}
    assert sum(row.count("a") for row in rows) == sum(row.count("b") for row in rows) == 2
    assert [row.rindex("a") > 50 for row in rows if "a" in row] == [True, False]  # rises to the right
    assert rows[-1].split() == ["10", "100", "1k"]
    assert [row.split("┤")[0].strip() for row in rows if "┤" in row] == ["100", "10", "1"]
    assert "\x1b[" in "".join(chart(lines, 60, coloured=True))


def test_the_page_of_speed_has_what_the_command_measures() -> None:
    page = read_page("speed")
    assert re.search(
        r"^Measured on: \S.*, \d+ cores?, \w+; \d{4}-\d\d-\d\d; relutui\s\S+, Python \S+, tinygrad \S+, ", page, re.M
    )
    tables = [block.splitlines() for block in re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)]
    steps = [f"{units:,} units" for units in FULL.units]
    batches = [f"{networks:,} of {units}" for units, networks in FULL.batches]
    heads = [columns(table[0]) for table in tables[:5]]
    assert heads == [steps, steps, batches, steps, batches]  # sgd and adam on one core, sgd on all
    for name in ("relutui, clang", "relutui, no compiler", "by points, clang", "numpy", "JAX, by hand", "tinygrad, TinyJit"):
        row = next(line for line in tables[0] if line.startswith(f"{name} "))
        assert all(re.fullmatch(r"[\d.,]+( / [\d.,]+)?", figure) for figure in columns(row))
    growth, ahead, batches_ahead = tables[5:]
    assert [line.split("  ")[0] for line in growth[1:]] == list(FULL.growth)
    assert [line.split(",")[0] for line in ahead[1:]] == ["relutui", "by points", "relutui"]
    assert columns(batches_ahead[0]) == batches


def columns(line: str) -> list[str]:
    """The figures of a row of the page, each in so many characters behind the name."""
    return [line[at : at + 12].strip() for at in range(22, len(line), 12)]


def test_the_starts_of_the_full_plan_are_drawn_alike_for_all() -> None:
    for first, second in zip(Task(3).start, Task(3).start):
        np.testing.assert_array_equal(first, second)
