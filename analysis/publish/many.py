"""Many editions, each a task that runs wherever there is room; what is done stays done."""

from __future__ import annotations

import itertools
import pickle
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.publish import build, collection, lock, stamp, task
from analysis.publish.collection import SITES, WORK
from analysis.publish.errors import BuildError, OtherVersionError
from analysis.publish.grid import Edition, Grid, editions
from analysis.publish.worker import run

if TYPE_CHECKING:
    from analysis.publish.pools import Place, Pool

Told = Callable[[str, str], None]
"""Is told of each edition as it ends, and why it failed, if it did."""


@dataclass(frozen=True)
class Request:
    """Which editions to build, of which cases and in which readings, and how."""

    every: bool = False
    grid: Grid = field(default_factory=dict)
    as_of: str = ""
    engine: str = "warm"
    formats: Sequence[str] = ()

    def options(self, edition: Edition) -> build.Options:
        """What the build of an edition is asked for."""
        return build.Options("embedded", self.engine, edition.as_of, edition.assumptions, self.formats)

    @property
    def settings(self) -> dict[str, object]:
        """What goes for all editions alike."""
        return {"engine": self.engine, "formats": sorted(self.formats)}


@dataclass(frozen=True)
class Plan:
    """The editions asked for: those that are there, and those to build, each with the hash of its inputs."""

    sources: task.Sources
    request: Request
    current: Sequence[Edition]
    left: Sequence[tuple[Edition, str]]


@dataclass(frozen=True)
class Outcome:
    """What became of the editions asked for, by name; those ``kept`` were there already."""

    built: Sequence[str]
    kept: Sequence[str]
    failed: dict[str, str]

    def refuse_failures(self) -> None:
        """Raise BuildError for all editions that failed, a line or more each."""
        if self.failed:
            some = f"{len(self.failed)} of {len(self.built) + len(self.kept) + len(self.failed)}"
            lines = [f"{name}: {line}" for name, said in self.failed.items() for line in said.splitlines()]
            raise BuildError("\n".join([*lines, f"{some} editions failed; the others are in {SITES}/"]))


def plan(root: Path, request: Request) -> Plan:
    """What there is to do; raises BuildError where the request is for nothing, or pages are misplaced."""
    sources = task.Sources(root)
    asked = editions(root, sources.cases, request.grid, request.as_of, every=request.every)
    current, left = [], []
    for edition in asked:
        inputs = sources.digest(edition, request.settings)
        if stamp.is_current(root, made(root, edition.name), inputs):
            current.append(edition)
        else:
            left.append((edition, inputs))
    return Plan(sources, request, current, left)


def made(root: Path, name: str) -> Path:
    """The stamp of an edition."""
    return root / WORK / f"{name}.json"


def build_many(
    root: Path,
    request: Request,
    pool: Callable[[], Pool],
    begin: Callable[[int], Told],
    waiting: Callable[[], None] | None = None,
) -> Outcome:
    """Build the editions of a request that are not there as their sources are now.

    Each is put in its place as soon as it is done, so that nothing is lost where this is interrupted.  One
    that fails leaves the others to go on, and what was there of it stays.

    Args:
        root: the project.
        request: what to build.
        pool: opens what tasks are given to; called where there is any.
        begin: is told how many editions there are to build, and gives whom to tell of each.
        waiting: is told where another build is at work, which is then waited for (see `lock.alone`).

    Raises:
        BuildError: the request is for nothing, or no task can run.
    """
    with lock.alone(root, waiting):
        found = plan(root, request)
        for edition, _ in found.left:
            build.repair(root / SITES / edition.name, root / WORK / edition.name)
        gone = collection.clear(root, found.sources.cases)
        failed = _work(found, pool, begin) if found.left else {}
        if found.left or gone or not collection.is_current(root):
            collection.write(root, found.sources)
    built = [edition.name for edition, _ in found.left if edition.name not in failed]
    return Outcome(built, [edition.name for edition in found.current], failed)


def _work(found: Plan, pool: Callable[[], Pool], begin: Callable[[int], Told]) -> dict[str, str]:
    """Build what is left, in whatever order it gets done; why some failed, by name."""
    failed, inputs = {}, dict(enumerate(found.left))
    with pool() as place:
        told = begin(len(found.left))
        for number, future in _done(found, place):
            edition, digest = inputs[number]
            failure = _settle(found, edition, digest, future)
            told(edition.name, failure)
            if failure:
                failed[edition.name] = failure
    return {edition.name: failed[edition.name] for edition, _ in found.left if edition.name in failed}


def _done(found: Plan, place: Place) -> Iterator[tuple[int, Future[bytes]]]:
    """Each task as it is done; so many are handed out that nobody waits, and no more are held."""
    version, key = task.version(), found.sources.key
    shared = zlib.compress(pickle.dumps(found.sources.shared))
    todo = iter(enumerate(edition for edition, _ in found.left))
    pending: dict[Future[bytes], int] = {}
    while True:
        for number, edition in itertools.islice(todo, max(0, place.room() - len(pending))):
            files = found.sources.own(edition.case)
            own = task.packed(edition, found.request.options(edition), files)
            pending[place.submit(run, version, key, shared, own)] = number
        if not pending:
            return
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            yield pending.pop(future), future


def _settle(found: Plan, edition: Edition, inputs: str, future: Future[bytes]) -> str:
    """Put what became of a task in its place; why it failed, if it did.

    Raises BuildError where no task can run.
    """
    root = found.sources.root
    result = _result(future)
    new, kept = root / WORK / edition.name, root / WORK / f"{edition.name}.failed"
    shutil.rmtree(kept, ignore_errors=True)
    if result.failure:
        task.write(kept, result.files)
        return result.failure.replace(result.place, str(kept)) if result.place else result.failure
    shutil.rmtree(new, ignore_errors=True)
    task.write(new, result.files)
    made(root, edition.name).unlink(missing_ok=True)
    site = root / SITES / edition.name
    site.parent.mkdir(parents=True, exist_ok=True)
    build.swap(site, new)
    about = {"edition": vars(edition), "settings": found.request.settings}
    stamp.write(made(root, edition.name), inputs, stamp.sizes(root, [site]), **about)
    return ""


def _result(future: Future[bytes]) -> task.Result:
    try:
        told: task.Result | OtherVersionError = pickle.loads(future.result())  # noqa: S301 - of our own
    except CancelledError as error:
        raise BuildError("the scheduler has let go of the tasks; what is done stays done") from error
    except BuildError as error:
        return task.Result({}, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a cluster has to say, it is of this edition
        return task.Result({}, f"{type(error).__name__}: {error}")
    if isinstance(told, OtherVersionError):
        raise told
    return told
