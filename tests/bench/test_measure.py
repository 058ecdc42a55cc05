from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import cast

import pytest

from relutui.bench import contender_process
from relutui.bench import measure as measuring
from relutui.bench.contender_process import ContenderProcess, Failed, Timing
from relutui.bench.contenders import Contender
from relutui.bench.measure import Figure, Measured, measure, started
from relutui.bench.task import Task
from tests.bench.lineup import LINEUP, PLAN

TASK = Task(2, points=8)


class Fake:
    """A contender whose calls take a known time."""

    alive = True

    def __init__(self, contender: Contender, call: float, step: float) -> None:
        self.contender, self._call, self._step = contender, call, step

    def begin(self, task: Task, steps: int) -> None:
        pass

    def losses(self) -> list[float]:
        return [1.0, 2.0]

    def time(self, steps: int, seconds: float) -> Timing:
        return Timing(steps, self._call + steps * self._step, self._call + 20 * self._step)


@pytest.fixture
def numpy() -> Iterator[ContenderProcess]:
    with closing(ContenderProcess(LINEUP.peers[0], None)) as process:
        yield process


def test_times_is_the_median_of_what_was_measured_together() -> None:
    slow, fast = (Figure("", TASK, 1, 1000, 1000, seconds) for seconds in ((2.0, 8.0, 30.0), (1.0, 2.0, 3.0)))
    assert slow.times(fast) == 4.0  # of 2, 4 and 10
    assert slow.median == 8.0


def test_all_are_measured_in_every_round_and_the_broken_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MIN_ROUND_S", 0.0)
    monkeypatch.setattr(measuring, "ROUNDS", 2)
    measured = Measured()
    rounds: list[None] = []
    with started(LINEUP.peers + LINEUP.own, 1) as some:
        measure(some, TASK, 1, (1_000, 10_000), measured, lambda: rounds.append(None))
        assert all(process.alive for process in some)
    assert not any(process.alive for process in some)
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
    class Wrong(ContenderProcess):
        def losses(self) -> list[float]:
            return [1.01 * loss for loss in super().losses()]

    measured = Measured()
    with closing(ContenderProcess(LINEUP.peers[0], None)) as right, closing(Wrong(LINEUP.own[0], None)) as wrong:
        monkeypatch.setattr(measuring, "MIN_ROUND_S", 0.0)
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
    idle = cast(ContenderProcess, Fake(Contender("", "", "", "", bursts=bursts), 0.0, step))
    assert measuring._calls(idle, TASK, Timing(1, step, 0.0), (1_000, 10_000)) == steps


@pytest.mark.parametrize(
    ("call", "step", "steps"),
    [
        (0.01, 1e-5, 10_000),  # of 0.11 s, so it is made
        (0.01, 1e-3, 280),  # 260 steps beyond 20 take 0.26 s, more than 0.25
        (5.0, 0.011, 500),  # 480 steps take 5.28 s, more than the 5.22 s of a call of 20
        (1.0, 0.0, 10_000),
    ],
)
def test_of_a_batch_on_a_gpu_a_call_of_many_steps_is_reckoned(call: float, step: float, steps: int) -> None:
    measured = Measured()
    fake = Fake(Contender("GPU", "", "", "", bursts=True, batches=True, gpu=True), call, step)
    measure([cast(ContenderProcess, fake)], Task(2, networks=4096), 1, (10_000,), measured, lambda: None)
    (figure,) = measured.figures
    assert figure.steps == steps
    assert figure.seconds == pytest.approx([call / 10_000 + step] * measuring.ROUNDS)


def test_one_network_on_a_gpu_is_measured_as_elsewhere() -> None:
    measured = Measured()
    fake = Fake(Contender("GPU", "", "", "", bursts=True, gpu=True), 0.01, 1e-3)
    measure([cast(ContenderProcess, fake)], Task(2), 1, (10_000,), measured, lambda: None)
    (figure,) = measured.figures
    assert figure.steps == 40  # of 1.05 ms each, in at most 0.06 s
    assert figure.median == pytest.approx(0.05 / 40)


def test_a_large_batch_on_a_gpu_is_measured_once_where_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "TASK_LIMIT_S", 0.0)
    of_gpu = Contender("GPU", "", "", "", bursts=True, batches=True, gpu=True)
    for contender, rounds in ((of_gpu, 1), (replace(of_gpu, gpu=False), measuring.MIN_ROUNDS)):
        measured, fake = Measured(), Fake(contender, 0.01, 1e-3)
        measure([cast(ContenderProcess, fake)], Task(2, networks=2), 1, (10_000,), measured, lambda: None)
        assert len(measured.figures[0].seconds) == rounds


def test_a_contender_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, numpy: ContenderProcess) -> None:
    monkeypatch.setattr(contender_process, "ANSWER_LIMIT_S", 0.01)
    numpy.begin(Task(100), 10_000_000)
    with pytest.raises(Failed, match=r"no answer within 0\.01 s"):
        numpy.losses()
    assert not numpy.alive


def test_a_contender_whose_process_ends_has_failed(numpy: ContenderProcess) -> None:
    numpy._process.kill()
    with pytest.raises(Failed, match=r"its process ended \(status -9\)"):
        numpy.time(20, 0.0)


def test_a_run_that_diverges_is_no_benchmark(numpy: ContenderProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContenderProcess, "_answer", lambda self: {"seconds": 2e-5, "short": 2e-5, "finite": False})
    with pytest.raises(Failed, match="diverged within 20 steps"):
        numpy.time(20, 0.0)


def test_the_plan_counts_its_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    from relutui.bench import plan as planning

    done: list[float] = []
    monkeypatch.setattr(planning, "measure", lambda *arguments: [arguments[-1]() for _ in range(measuring.ROUNDS)])
    planning.run(LINEUP, PLAN, done.append)
    assert done[-1] == planning.length(PLAN)


def test_where_a_longer_call_takes_no_longer_there_is_no_figure() -> None:
    """A busy machine may slow the shorter of two calls of a GPU so much that a step would cost less than nothing."""

    class Busy(Fake):
        asked = 0

        def time(self, steps: int, seconds: float) -> Timing:
            self.asked += 1
            return Timing(steps, 2.0, 1.0) if self.asked == 1 else Timing(steps, 1.0, 2.0)

    contender = replace(LINEUP.own[0], gpu=True)
    measured = Measured()
    processes = cast(list[ContenderProcess], [Busy(contender, 0.0, 0.0)])
    measure(processes, Task(2, networks=3), 1, (10_000,), measured, lambda: None)
    assert not measured.figures
    assert list(measured.troubles) == [(contender.name, "a longer call took no longer: the machine is too busy")]
