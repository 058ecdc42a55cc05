"""What `relutui bench` measures, how it grows as charts, and whether the engine is as fast as it is meant to be.

Run: python -m tests.benchmarks.speed [DEVICE].  Ends with status 1 where a threshold is missed.
"""

import sys

from relutui.bench.report import as_markdown
from relutui.cli.bench import measured_report
from tests.benchmarks.growth_chart import chart
from tests.benchmarks.thresholds import thresholds

WIDTH = 100  # columns of a chart


def main() -> int:
    report = measured_report(sys.argv[1] if len(sys.argv) > 1 else None)
    print(as_markdown(report))
    for axis, lines in report.growths.items():
        if lines:
            print(f"Microseconds a step against {axis}:", *chart(lines, WIDTH, coloured=sys.stdout.isatty()), sep="\n")
            print(*(f"{letter} {line.contender}: {line.exponent:.2f}" for letter, line in zip("abcd", lines)), "", sep="\n")
    checked = thresholds(report.lineup, report.plan, report.measured, report.growth, report.plan.settings[0])
    print("Speed as a multiple of that of the fastest rival, time as one of that on few points:", *checked, sep="\n")
    return int(not all(threshold.met for threshold in checked))


if __name__ == "__main__":
    sys.exit(main())
