"""A real Dask cluster on this machine: a scheduler, and two workers of one thread each under nannies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

PROGRAM = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(nanny.pid for nanny in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""
"""It ends with its input."""


@contextmanager
def dask_cluster() -> Iterator[tuple[str, list[psutil.Process]]]:
    """The address of the scheduler, and the processes of the workers."""
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], text=True, **quiet)
    address, *pids = process.stdout.readline().split()
    try:
        yield address, [psutil.Process(int(pid)) for pid in pids]
    finally:
        process.communicate(timeout=60)
