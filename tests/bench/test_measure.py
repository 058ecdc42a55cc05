from collections.abc import Iterator
from contextlib import closing

import pytest
from contest import CONTEST, PLAN

from relutui.bench import entrant as entrants
from relutui.bench import measure as measuring
from relutui.bench.contenders import Contender
from relutui.bench.entrant import Entrant, Failed
from relutui.bench.measure import Figure, Measured, entered, measure
from relutui.bench.task import Task

TASK = Task(2, points=8)


@pytest.fixture
def numpy() -> Iterator[Entrant]:
    with closing(Entrant(CONTEST.peers[0], None)) as entrant:
        yield entrant


def test_times_is_the_median_of_what_was_measured_together() -> None:
    slow, fast = (Figure("", TASK, 1, 1000, 1000, seconds) for seconds in ((2.0, 8.0, 30.0), (1.0, 2.0, 3.0)))
    assert slow.times(fast) == 4.0  # of 2, 4 and 10
    assert slow.median == 8.0


def test_all_are_measured_in_every_round_and_the_broken_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "ROUND", 0.0)
    monkeypatch.setattr(measuring, "ROUNDS", 2)
    measured = Measured()
    rounds: list[None] = []
    with entered(CONTEST.peers + CONTEST.own, 1) as some:
        measure(some, TASK, 1, (1_000, 10_000), measured, lambda: rounds.append(None))
        assert all(entrant.alive for entrant in some)
    assert not any(entrant.alive for entrant in some)
    assert len(rounds) == 2
    assert {(f.contender, f.asked) for f in measured.figures} == {
        (name, asked) for name in ("numpy", "relutui, clang") for asked in (1_000, 10_000)
    }
    for figure in measured.figures:
        assert len(figure.seconds) == 2
        assert figure.steps % 20 == 0
        assert min(figure.seconds) > 0
    ((name, why),) = measured.troubles
    assert name == "broken"
    assert "No module named 'relutui.bench.peers.with_nothing'" in why


def test_one_that_computes_something_else_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(Entrant):
        def losses(self) -> list[float]:
            return [1.01 * loss for loss in super().losses()]

    measured = Measured()
    with closing(Entrant(CONTEST.peers[0], None)) as right, closing(Wrong(CONTEST.own[0], None)) as wrong:
        monkeypatch.setattr(measuring, "ROUND", 0.0)
        measure([right, wrong], TASK, 1, (1_000,), measured, lambda: None)
    assert [figure.contender for figure in measured.figures] == ["numpy"]
    ((name, why),) = measured.troubles
    assert name == "relutui, clang"
    assert why.startswith("computes something else: a loss of ")


@pytest.mark.parametrize(
    ("bursts", "step", "steps"),
    [
        (True, 1e-6, {1_000: 1_000, 10_000: 10_000}),
        (True, 5e-4, {1_000: 1_000, 10_000: 120}),  # 10,000 would take 5 s; 120 take 0.06
        (False, 2e-5, {1_000: 1_000, 10_000: 1_000}),
        (False, 1.0, {1_000: 20, 10_000: 20}),
    ],
)
def test_the_steps_of_a_call(bursts: bool, step: float, steps: dict[int, int]) -> None:
    class Idle:
        contender = Contender("", "", "", "", bursts=bursts)

    assert measuring._calls(Idle(), step, (1_000, 10_000)) == steps  # type: ignore[arg-type]


def test_a_contender_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, numpy: Entrant) -> None:
    monkeypatch.setattr(entrants, "LIMIT", 0.01)
    numpy.begin(Task(100), 10_000_000)
    with pytest.raises(Failed, match=r"no answer within 0\.01 s"):
        numpy.losses()
    assert not numpy.alive


def test_a_contender_whose_process_ends_has_failed(numpy: Entrant) -> None:
    numpy._process.kill()
    with pytest.raises(Failed, match=r"its process ended \(status -9\)"):
        numpy.time(20, 0.0)


def test_a_run_that_diverges_is_no_benchmark(numpy: Entrant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Entrant, "_answer", lambda self: {"step": 1e-6, "finite": False})
    with pytest.raises(Failed, match="diverged within 20 steps"):
        numpy.time(20, 0.0)


def test_the_plan_counts_its_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    from relutui.bench import plan as planning

    done: list[float] = []
    monkeypatch.setattr(planning, "measure", lambda *arguments: [arguments[-1]() for _ in range(measuring.ROUNDS)])
    planning.run(CONTEST, PLAN, done.append)
    assert done[-1] == planning.length(PLAN)
