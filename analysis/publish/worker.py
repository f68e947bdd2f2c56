"""Where tasks run: a child process for each thread that is given any, which stays warm between them.

It is started as a program.  A Dask worker under a nanny is a daemonic process, whose children
`multiprocessing` refuses; a program that it starts may have any.  A child ends when its input does: that
happens whichever way the process that feeds it ends.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread, local
from types import FrameType
from typing import IO, Any, NoReturn, cast

from analysis.publish.errors import BuildError, OtherVersionError
from analysis.publish.jobs import SETTING

PROGRAM = (sys.executable, "-P", "-m", "analysis.publish.worker")
ALONE = {SETTING: "1", "POLARS_MAX_THREADS": "1"}
"""The environment of a child: one of many, it does one thing at a time."""

GRACE = 10
"""Seconds that a child has to put its work away."""

LENGTH = 8
"""Bytes that say how many follow."""

_own = local()
_children: set[_Child] = set()
_lock = Lock()


class _Child:
    """A child process, and what it has been told of what tasks share."""

    def __init__(self) -> None:
        self._told = ""
        self._process = subprocess.Popen(
            PROGRAM,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ALONE,
            start_new_session=True,
            cwd=tempfile.gettempdir(),
        )
        self._in, self._out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)

    def perform(self, version: list[str], key: str, shared: bytes, own: bytes) -> bytes:
        """The result of a task; raises BuildError where the child ends before it has one."""
        carried = b"" if key == self._told else shared
        try:
            _send(self._in, pickle.dumps((version, carried, own)))
            answer = _received(self._out)
        except (OSError, EOFError, ValueError):  # the last where this is being ended
            self.end()
            status = self._process.returncode
            raise BuildError(f"its process ended before it was done, with status {status}") from None
        self._told = key
        return answer

    def end(self) -> None:
        """End the child with all that it started."""
        with suppress(OSError):
            self._in.close()
        try:
            self._process.wait(2 * GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()


def run(version: list[str], key: str, shared: bytes, own: bytes) -> bytes:
    """Run a task in the child of this thread.

    Args:
        version: what the task was made with; a worker that has another refuses it.
        key: what tells apart what tasks ``shared``.
        shared: the files that all tasks of a build carry, pickled and compressed.
        own: the task's own part, as `task.packed` has it.

    Returns:
        The `task.Result`, or the OtherVersionError of a worker that has other code, pickled.

    Raises:
        BuildError: the child ended before it was done.
    """
    child = getattr(_own, "child", None)
    if child not in _children:
        with _lock:
            child = _own.child = _Child()
            _children.add(child)
    try:
        return child.perform(version, key, shared, own)
    except BuildError:
        _own.child = None
        _children.discard(child)
        raise


def end_all() -> None:
    """End every child that this process started."""
    with _lock:
        for child in tuple(_children):
            child.end()
        _children.clear()


def _send(stream: IO[bytes], body: bytes) -> None:
    stream.write(len(body).to_bytes(LENGTH))
    stream.write(body)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes:
    length = stream.read(LENGTH)
    body = stream.read(int.from_bytes(length))
    if len(length) < LENGTH or len(body) < int.from_bytes(length):
        raise EOFError
    return body


def _listen(tasks: SimpleQueue[bytes]) -> None:
    """Take in tasks until the input ends, and then end this process, whatever it is at."""
    with suppress(EOFError):
        while True:
            tasks.put(_received(sys.stdin.buffer))
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    if sys.platform != "win32":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _stop(_: int, __: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit()


def main() -> None:
    """Perform tasks as they come in, and give out what becomes of them."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a notebook prints is no part of a result
    signal.signal(signal.SIGTERM, _stop)
    tasks: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(tasks,), daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="brief-", ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve()
        os.chdir(home)
        answer = _answering(home)
        while True:
            _send(out, pickle.dumps(answer(tasks.get())))
            os.chdir(home)


def _answering(home: Path) -> Any:  # noqa: ANN401
    from analysis.publish import task  # noqa: PLC0415 - a process that only hands on tasks needs none of it

    shared: dict[str, bytes] = {}

    def answer(body: bytes) -> object:
        nonlocal shared
        version, carried, own = pickle.loads(body)  # noqa: S301 - from the process that started this one
        if carried:
            shared = pickle.loads(zlib.decompress(carried))  # noqa: S301
        if version != (here := task.version()):
            return OtherVersionError(_differing(version, here))
        return task.perform(home / "project", shared, own)

    return answer


def _differing(asked: list[str], here: list[str]) -> str:
    differ = [f"{mine} for {other}" for other, mine in zip(asked, here, strict=False) if mine != other]
    return f"the worker on {socket.gethostname()} has another version: {', '.join(differ)}"


if __name__ == "__main__":
    main()
