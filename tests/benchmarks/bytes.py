"""What is sent to the terminal at 120x36: by a nudge, and by training in its first seconds, in 256 colours and in 16.

Run: python -m tests.benchmarks.bytes [NAME...], of scenarios; lab without.
Targets: 1 kB a nudge; training, at 12 frames a second, 16 kB/s in 256 colours and 6 kB/s in 16.
"""

import statistics
import sys

from tests.benchmarks.sessions import READY, Session, verdict

NUDGES = 30
RUNNING = 5.0  # s
TERMINALS = {"xterm-256color": ("256 colours", 16.0), "xterm": ("16 colours", 6.0)}  # kB/s


def measure(name: str, term: str) -> tuple[float, float]:
    """Bytes of a nudge, the median of several; kB/s of training from the start."""
    terminal = ["env", "-u", "COLORTERM", "-u", "NO_COLOR", f"TERM={term}"]
    session = Session([*terminal, sys.executable, "-m", "relutui", name])
    try:
        session.wait_for(READY)
        session.rest(2.0)
        nudges = [_sent(session, "+" if number % 20 < 10 else "-", 0.2) for number in range(NUDGES)]
        _sent(session, "r", 1.0)
        _sent(session, "R", 1.0)  # from a random start it has farther to go
        return statistics.median(nudges), _sent(session, " ", RUNNING) / RUNNING / 1e3
    finally:
        session.end()


def _sent(session: Session, key: str, seconds: float) -> int:
    before = len(session.sent)
    session.press(key)
    session.rest(seconds)
    return len(session.sent) - before


def main() -> None:
    """Print the figures of each scenario."""
    for name in sys.argv[1:] or ["lab"]:
        for term, (colours, target) in TERMINALS.items():
            nudge, training = measure(name, term)
            print(f"{name:<12} {colours:<12} a nudge   {nudge:6.0f} B      (target 1000)  {verdict(nudge <= 1000)}")
            print(
                f"{name:<12} {colours:<12} training  {training:6.1f} kB/s   (target {target:g})  {verdict(training <= target)}"
            )


if __name__ == "__main__":
    main()
