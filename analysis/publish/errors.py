"""What stops a build."""

from __future__ import annotations

from collections.abc import Iterable


class BuildError(Exception):
    """One clear message; the published site is left as it was."""


class OtherVersionError(BuildError):
    """A worker has other code than a task was made with: none of its kind can run there."""


def refuse(problems: Iterable[object]) -> None:
    """Raise BuildError for all the problems there are, a line each."""
    if lines := [str(problem) for problem in problems]:
        raise BuildError("\n".join(lines))
