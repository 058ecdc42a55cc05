"""`relutui worker`: trains for the sweeps of a cluster."""

import argparse
import asyncio
import sys
from contextlib import suppress

from relutui.cli.interrupt import run_until_signalled
from relutui.cli.usage import extra
from relutui.lib.safe_text import sanitize_line


def worker(options: argparse.Namespace) -> int:
    """Work until a signal ends it, 130 or the like, or the scheduler is gone, 1."""
    with extra("a cluster", "cluster"):
        from relutui.cluster.address import read_address
        from relutui.cluster.worker import start_worker, stop_worker
    address = read_address(options.address, options.cluster_tls)

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            started, device = await start_worker(address, options.device, options.port, options.death_timeout)
            print(sanitize_line(f"works for {address.url} on {device}; ctrl-C ends it"), file=sys.stderr, flush=True)
            try:
                await started.finished()
            finally:
                await stop_worker(started)

    _, interrupted = run_until_signalled(work())
    if not interrupted:
        print(sanitize_line(f"the scheduler at {address.url} is gone"), file=sys.stderr)
    return interrupted or 1
