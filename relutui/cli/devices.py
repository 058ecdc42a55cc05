"""`relutui devices`."""

import json
from dataclasses import asdict

from relutui.engine.devices import probe_devices


def devices(as_json: bool) -> int:
    """Print every device tinygrad knows, whether it can be used here, and why not."""
    reports = probe_devices()
    if as_json:
        print(json.dumps({"devices": [asdict(report) for report in reports]}))
        return 0
    for report in reports:
        burst = f"{report.burst_seconds * 1e3:.2f} ms for 1,000 steps" if report.usable else ""
        print(
            f"{report.name:<8} {report.renderer:<14} {'usable' if report.usable else 'no':<7} {burst or report.reason}".rstrip()
        )
    return 0
