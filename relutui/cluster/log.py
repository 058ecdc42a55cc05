"""Dask's own log lines, of which none is to reach a terminal: what the user has to know, relutui says."""

import logging
import warnings

from distributed.versions import VersionMismatchWarning


def silence() -> None:
    """Keep back what Dask logs, and its warning of versions that differ, which are checked where it matters."""
    for name in ("distributed", "distributed.client", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore", VersionMismatchWarning)
