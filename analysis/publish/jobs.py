"""How much a build does at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from analysis.publish.errors import BuildError

P = ParamSpec("P")
T = TypeVar("T")
SETTING = "BRIEF_JOBS"
"""An environment variable: so many things at a time, by default as many as there are cores."""


def at_a_time() -> int:
    """How many things a build does at a time; raises BuildError where the setting is no such number."""
    told = os.environ.get(SETTING, "")
    if told and not (told.isdecimal() and int(told)):
        raise BuildError(f"{SETTING} is '{told}'; expected a number of things to do at a time, such as 4")
    return int(told) if told else os.cpu_count() or 1


class Inline(Executor):
    """Does what it is given at once, in this process: where that is one of many, others would only wait."""

    def submit(self, act: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> Future[T]:
        """A future that is done."""
        future: Future[T] = Future()
        try:
            future.set_result(act(*given, **named))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result has it
            future.set_exception(error)
        return future


def processes(number: int) -> Executor:
    """A pool of so many processes, or none beside this one where a build does one thing at a time."""
    if at_a_time() == 1:
        return Inline()
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"))
