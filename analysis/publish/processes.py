"""The processes of a build: Ctrl-C is for the build alone, and nothing that it started outlives it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, ParamSpec, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.process import BaseProcess

P = ParamSpec("P")

T = TypeVar("T")
STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping() -> Iterator[None]:
    """On Ctrl-C or SIGTERM within, say so once and leave by SystemExit, so that everything is put away."""
    stopped: list[int] = []

    def stop(number: int, _: FrameType | None) -> NoReturn:
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        stopped.append(number)
        os.write(2, b"stopped\n")  # a signal may come amid a print, which cannot be printed into
        raise SystemExit

    before = {number: signal.signal(number, stop) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if stopped:  # where it came amid a call of polars, another error has arrived here
            sys.exit(128 + stopped[0])


def interruptible() -> None:
    """Let Ctrl-C end a wait: importing polars keeps the system waiting (pola-rs/polars issue 21739)."""
    if sys.platform != "win32":
        signal.siginterrupt(signal.SIGINT, True)  # noqa: FBT003 - it takes no name


def unheard(start: Callable[[], T]) -> T:
    """Start processes that do not hear Ctrl-C: the build does, and ends them.

    No signal comes between in the thread that starts them, and what it blocks they block.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - most commands start nothing
    from multiprocessing import resource_tracker  # noqa: PLC0415

    def deaf() -> T:
        if sys.platform != "win32":
            resource_tracker.ensure_running()  # where it does so only later, it unblocks again
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        return start()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(deaf).result()


def detach() -> None:
    """Leave the terminal, as a kernel does; what this process starts is then ended with it by `end`."""
    if sys.platform != "win32":
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def end(process: BaseProcess) -> None:
    """End a process that may have detached itself, and whatever it started."""
    process.kill()
    if sys.platform != "win32" and process.pid:
        with suppress(ProcessLookupError, PermissionError):  # none is left; macOS says the latter
            os.killpg(process.pid, signal.SIGKILL)


class Workers:
    """Processes that a build shares its work with: they start when there is some, and end with the build.

    There are none where it does one thing at a time.
    """

    def __init__(self, number: int = 2) -> None:
        """Nothing is started before there is work."""
        self._number = number

    @cached_property
    def _pool(self) -> Executor:
        from analysis.publish.jobs import processes  # noqa: PLC0415 - most commands start nothing

        pool = processes(self._number)
        unheard(lambda: [pool.submit(os.getpid) for _ in range(self._number)])
        return pool

    def submit(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """Have one of the processes make a call."""
        return self._pool.submit(call, *given, **named)

    def __enter__(self) -> Self:
        """Take work from here on."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes, with whatever is not done yet."""
        if "_pool" in vars(self):
            self._pool.shutdown(cancel_futures=True)
