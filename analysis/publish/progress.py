"""The building of many editions on the command line: what is asked for, how far it is, what became of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from analysis.publish import pools
from analysis.publish.collection import SITES
from analysis.publish.errors import BuildError
from analysis.publish.many import Outcome, Request, Told, build_many


def grid(assumptions: Mapping[str, str]) -> dict[str, list[str]]:
    """The values of each assumption, which commas part."""
    found = {name: value.split(",") for name, value in assumptions.items()}
    for name, values in found.items():
        if not all(values):
            raise click.UsageError(f"'{name}={','.join(values)}' has an empty value")
    return found


def refuse_unfit(renderer: str, *, every: bool, assumptions: Mapping[str, str]) -> None:
    """Raise UsageError for options that do not go with editions."""
    if not every and not assumptions:
        raise click.UsageError("--cluster is for editions: give --all, or values of an assumption")
    if renderer == "quarto":
        raise click.UsageError("editions are rendered by the embedded renderer, not by quarto")


def run(root: Path, request: Request, cluster: str, *, wait: bool, as_json: bool) -> None:
    """Build the editions of a request, here or on the cluster at an address, and say what became of them.

    Raises BuildError for those that failed.
    """
    start = time.perf_counter()
    pool = partial(pools.cluster, cluster) if cluster else pools.local
    waiting = partial(click.echo, "waiting for another build to end ...", err=True) if wait else None
    with _progress(silent=as_json) as begin:
        outcome = build_many(root, request, pool, begin, waiting)
    seconds = time.perf_counter() - start
    click.echo(_as_json(outcome, seconds) if as_json else _said(outcome, seconds))
    try:
        outcome.refuse_failures()
    except BuildError:
        if not as_json:
            raise
        sys.exit(1)


def _as_json(outcome: Outcome, seconds: float) -> str:
    told = {"built": outcome.built, "kept": outcome.kept, "failed": outcome.failed}
    return json.dumps({**told, "seconds": round(seconds, 2)}, ensure_ascii=False)


def _said(outcome: Outcome, seconds: float) -> str:
    if not outcome.built and not outcome.failed:
        return f"{SITES}/index.html is up to date ({_counted(len(outcome.kept))})"
    kept = f", {len(outcome.kept)} up to date" if outcome.kept else ""
    return f"{SITES}/index.html is ready ({_counted(len(outcome.built))} built{kept}, {seconds:.1f} s)"


def _counted(number: int) -> str:
    return f"{number} edition{'' if number == 1 else 's'}"


@contextmanager
def _progress(*, silent: bool) -> Iterator[Callable[[int], Told]]:
    """Tells how far the work is: a bar on a terminal, elsewhere a line an edition, both on standard error."""
    if silent:
        yield lambda _: lambda *_: None
    elif sys.stderr.isatty():
        with _bar() as begin:
            yield begin
    else:
        yield _lines


def _lines(total: int) -> Told:
    numbers = iter(range(1, total + 1))

    def told(name: str, failure: str) -> None:
        click.echo(f"{'failed' if failure else 'built'} {name} ({next(numbers)} of {total})", err=True)

    return told


@contextmanager
def _bar() -> Iterator[Callable[[int], Told]]:
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def begin(total: int) -> Told:
            row = bar.add_task("", total=total)

            def told(name: str, failure: str) -> None:
                if failure:
                    bar.console.print(f"failed {name}", markup=False, highlight=False)
                bar.update(row, advance=1, description=name)

            return told

        yield begin
