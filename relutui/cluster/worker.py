"""A worker of a Dask cluster: one thread, on one device."""

import errno

import dask
from distributed import Worker

from relutui.cluster.address import Address, no_connection
from relutui.cluster.log import silence
from relutui.cluster.task import DEVICE_KEY, worker_engine
from relutui.model.trainer import Device, TrainerUnavailable

HOST = "127.0.0.1"  # relutui listens on no other address
CLOSE_S = 2.0  # for the scheduler to hear that the worker leaves


async def start_worker(address: Address, device: str | None, port: int | None, death_timeout_s: float) -> tuple[Worker, Device]:
    """Open the device, and offer it to the scheduler; the worker ends when nothing was heard of that for so long.

    port: where it listens, any that is free if None.  Raises TrainerUnavailable.
    """
    if not address.is_here:
        raise TrainerUnavailable(
            f"{address.url} is on another machine, and relutui listens on {HOST} only: go through ssh or start `dask worker`; "
            "`relutui docs cluster` has both"
        )
    silence()
    dask.config.set({DEVICE_KEY: device})
    opened = await worker_engine().open()
    try:
        worker = await Worker(
            address.url,
            nthreads=1,
            host=HOST,
            port=port,
            dashboard=False,
            memory_limit=0,  # no memory is kept from one chunk to the next
            security=address.security,
            death_timeout=death_timeout_s,
        )
    except (OSError, ValueError, RuntimeError) as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in (errno.EADDRINUSE, errno.EACCES):
            raise TrainerUnavailable(f"--port {port}: {cause.strerror}") from None
        raise no_connection(address.url, error) from None
    return worker, opened


async def stop_worker(worker: Worker) -> None:
    """Leave the scheduler, which gives a chunk in hand to another worker."""
    await worker_engine().close()  # ends the chunk at its next burst
    await worker.close(timeout=CLOSE_S, executor_wait=False)
