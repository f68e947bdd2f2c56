"""Where tasks are given to: the cores of this machine, or the workers of a Dask scheduler.

Both are executors of `concurrent.futures`; what runs a task is the same (see `worker`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import Any

from analysis.publish import worker
from analysis.publish.errors import BuildError
from analysis.publish.jobs import at_a_time

PATIENCE = 5
"""Seconds in which a scheduler has to answer."""

JOINING = 30
"""Seconds in which a first worker has to join its scheduler."""

AHEAD = 2
"""Tasks that are handed out for each that can run, so that nobody waits for the next."""


@dataclass(frozen=True)
class Place:
    """An executor, and how many tasks it is to hold at a time."""

    submit: Callable[..., Future[bytes]]
    room: Callable[[], int]


Pool = AbstractContextManager[Place]


@contextmanager
def local() -> Iterator[Place]:
    """As many tasks at a time as there are cores; all that is at work ends with it."""
    pool = ThreadPoolExecutor(at_a_time())
    try:
        yield Place(pool.submit, lambda: AHEAD * at_a_time())
    finally:
        closing = Thread(target=pool.shutdown, kwargs={"cancel_futures": True})
        closing.start()
        while closing.is_alive():  # a task may be starting only now
            worker.end_all()
            closing.join(0.05)
        worker.end_all()


@contextmanager
def cluster(address: str) -> Iterator[Place]:
    """The workers of the Dask scheduler at ``address``, whichever join or leave; what waits ends with it.

    Raises BuildError where Dask is not installed, or no scheduler answers, or no worker joins.
    """
    with _client(address) as client:
        executor = client.get_executor()
        try:
            yield Place(executor.submit, lambda: AHEAD * max(1, sum(client.nthreads().values())))
        finally:
            executor.shutdown(wait=False)


def _client(address: str) -> Any:  # noqa: ANN401 - Dask may not be there
    try:
        distributed: Any = import_module("distributed")  # an extra
    except ImportError as error:
        raise BuildError("Dask is not installed; pip install 'evidence-brief[cluster]'") from error
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = f"no Dask scheduler answers at {address}; 'dask scheduler' starts one, and says its address"
        raise BuildError(reason) from error
    try:
        client.wait_for_workers(1, timeout=JOINING)
    except TimeoutError as error:
        client.close()
        raise BuildError(
            f"the scheduler at {address} has no worker; 'dask worker {address}' starts one"
        ) from error
    return client
