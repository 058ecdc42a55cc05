"""Sweeps over many machines, by Dask distributed: the client, and what a worker runs."""
