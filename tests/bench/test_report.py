import json
import re
from dataclasses import replace

import numpy as np
import pytest

from relutui.bench.measure import Measured
from relutui.bench.plan import FULL, ON_GPU
from relutui.bench.report import Report, as_json, as_markdown
from relutui.bench.scaling import growth
from relutui.bench.task import Task
from relutui.docs.pages import read_page
from tests.bench.lineup import LINEUP, MACHINE, figure
from tests.support.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tables(report: Report) -> None:
    text = as_markdown(report)
    assert text.startswith("A processor, 2 cores, Linux; 2026-01-02; numpy 2.0\n")
    assert "| relutui, clang | 0.2 / 0.1 |\n| numpy          |       1.4 |" in text
    assert "| relutui, clang |    1.5 |" in text  # 3 networks in 2 us
    assert "\n    relutui, clang  1: 2, 4: 8; power 1.00\n" in text
    assert "| relutui, clang |     0.3 |          0.5 |" in text  # 4 networks in 2 us
    assert "Not installed, so not measured: jax\n" in text
    assert "Without broken on 2 units, 256 points, sgd and 1 more: no such thing\n" in text
    assert max(map(len, text.splitlines()[1:])) <= 128
    assert "\x1b" not in text


def test_what_it_says_of_a_gpu(report: Report) -> None:
    tasks = Task(3, networks=16_384), Task(1000, networks=256), Task(100, networks=262_144)
    own = replace(LINEUP.own[0], name="relutui, CUDA", gpu=True)
    report = replace(
        report,
        machine=replace(MACHINE, gpu="CUDA (CUDA): A card"),
        lineup=replace(LINEUP, own=(own,)),
        plan=ON_GPU,
        measured=Measured([figure(own.name, task, 1e-6, 10_000) for task in tasks]),
        growth={"networks": Measured()},
    )
    text = as_markdown(report)
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
    text = as_markdown(report)
    assert "GPU" not in text
    assert "Batches of networks, million steps a second on one core:\n" in text


def test_the_json_is_one_object(report: Report) -> None:
    found = json.loads(json.dumps(as_json(report)))
    assert found["processor"] == "A processor"
    assert found["figures"][0] | {"rounds": None, "us_a_step": None} == {
        "contender": "relutui, clang", "units": 2, "points": 256, "optimizer": "sgd", "networks": None, "deeper": [],
        "cores": 1, "steps_asked": 1_000, "steps_a_call": 1_000, "us_a_step": None, "rounds": None,
    }  # fmt: skip
    assert found["figures"][0]["us_a_step"] == pytest.approx(0.2)
    (line,) = found["growth"]["units"]
    assert (line["contender"], line["sizes"]) == ("relutui, clang", [1, 4])
    assert [line["exponent"], *line["us_a_step"]] == pytest.approx([1.0, 2.0, 8.0])
    assert found["missing"] == ["jax"]
    assert [len(trouble["tasks"]) for trouble in found["troubles"]] == [2]


def test_the_exponent_is_that_of_the_power_law() -> None:
    sizes = (1, 4, 16)
    figures = [figure("", Task(size), 1e-6 * size**0.5) for size in sizes]
    assert growth("a", sizes, figures).exponent == pytest.approx(0.5)


def test_the_page_of_speed_has_what_the_command_measures() -> None:
    page = read_page("speed")
    machine = r"Measured on: \S.*, \d+ cores?, \w+; \d{4}-\d\d-\d\d; relutui \S+, Python \S+, tinygrad \S+, "
    assert re.search(machine, " ".join(page.split()))
    tables = [block.splitlines() for block in re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)]
    steps = [f"{units:,} units" for units in FULL.units]
    batches = [f"{networks:,} of {units}" for units, networks in FULL.batches]
    heads = [columns(table[0]) for table in tables[:5]]
    assert heads == [steps, steps, batches, steps, batches]  # sgd and adam on one core, sgd on all
    for name in ("relutui, clang", "relutui, no compiler", "by points, clang", "numpy", "JAX, by hand", "tinygrad, TinyJit"):
        row = next(line for line in tables[0] if line.startswith(f"{name} "))
        assert all(re.fullmatch(r"[\d.,]+(/[\d.,]+)?", figure) for figure in columns(row))
    growth, ahead, batches_ahead, layers = tables[5:]
    assert columns(layers[0], 16) == ["1-8-8-1", "1-32-32-1", "256 of 1-8-8-1"]
    assert [line.split("  ")[0] for line in growth[1:]] == list(FULL.growth)
    assert [line.split(",")[0] for line in ahead[1:]] == ["relutui", "by points", "relutui"]
    assert columns(batches_ahead[0]) == batches


def columns(line: str, width: int = 12) -> list[str]:
    """The figures of a row of the page, each in so many characters behind the name."""
    return [line[at : at + width].strip() for at in range(22, len(line), width)]


def test_the_starts_of_the_full_plan_are_drawn_alike_for_all() -> None:
    for first, second in zip(Task(3).start, Task(3).start):
        np.testing.assert_array_equal(first, second)
