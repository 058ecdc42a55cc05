from relutui.bench import plan as planning
from relutui.bench.contenders import Contender
from relutui.bench.measure import Measured
from relutui.bench.report import Report
from relutui.bench.scaling import Growth
from relutui.bench.task import Task
from tests.bench.lineup import PLAN, figure
from tests.benchmarks.growth_chart import chart
from tests.benchmarks.thresholds import thresholds


def test_the_targets(report: Report) -> None:
    found = {str(one) for one in thresholds(report.lineup, PLAN, report.measured, report.growth, 1)}
    assert found == {
        "relutui, clang, 2 units, 1,000 steps a call: 7 x numpy (at least 8: MISSED)",
        "relutui, clang, 2 units, 10,000 steps a call: 14 x numpy (at least 8: met)",
        "relutui, clang, 64 points: 1.3 x that on 8 (at most 1.2: MISSED)",
    }


def test_the_rival_is_the_faster_of_two(report: Report) -> None:
    measured = Measured([figure("a", Task(2), 9e-6), figure("b", Task(2), 4e-6), figure("relutui, clang", Task(2), 1e-6)])
    peers = tuple(Contender(name, "", "", "jax") for name in ("a", "b"))
    lineup = planning.Lineup(report.lineup.own, report.lineup.by_points, peers, ())
    said = [str(one) for one in thresholds(lineup, PLAN, measured, {axis: Measured() for axis in PLAN.growth}, 1)]
    assert said == [f"relutui, clang, 2 units, 1,000 steps a call: 4 x b (at least {n}: MISSED)" for n in (10, 8)]


def test_the_chart_marks_what_was_measured() -> None:
    lines = [Growth("one", (10, 1000), (1e-6, 1e-4), 1.0), Growth("two", (10, 1000), (1e-5, 1e-5), 0.0)]
    rows = chart(lines, 60, coloured=False)
    assert {len(row) for row in rows[:-1]} == {60}
    assert sum(row.count("a") for row in rows) == sum(row.count("b") for row in rows) == 2
    assert [row.rindex("a") > 50 for row in rows if "a" in row] == [True, False]  # rises to the right
    assert rows[-1].split() == ["10", "100", "1k"]
    assert [row.split("┤")[0].strip() for row in rows if "┤" in row] == ["100", "10", "1"]
    assert "\x1b[" in "".join(chart(lines, 60, coloured=True))
