"""Check cases, what they share, and their pages: everything that is wrong, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis import Case, ledger
from analysis.case import case_names
from analysis.data_request import data_request, unsettling
from analysis.findings import CaseError, Finding, UnusableError
from analysis.forensics import INCONSISTENT, checks
from analysis.publish import pages, prose
from analysis.sound import excused
from analysis.sources import check_sources, not_reverifiable
from analysis.validate import examined, further


def checked(root: Path, names: Sequence[str], archive: Path | None = None) -> tuple[list[Finding], list[str]]:
    """All findings in the cases of some ``names`` (none: in all), by file and row, and remarks on the others.

    With an ``archive``, a folder of source texts, every phrase is held against them.  What cannot be read
    hides nothing of what can.
    """
    found: list[Finding] = []
    notes: list[str] = []
    cases = []
    for name in names or case_names(root):
        try:
            case, wrong = examined(name, root)
        except UnusableError as error:
            found += error.findings
            continue
        wrong += further(check_sources(case, archive), wrong) if archive else []
        notes += [] if wrong else remarks(case, held=archive is not None)
        cases.append(case)
        found += wrong
    found += [*of_request(root, cases, whole=not names), *of_prose(root, cases)]
    return sorted(set(found), key=lambda each: (not each.file.startswith("seeds/"), each)), notes


def of_request(root: Path, cases: Sequence[Case], *, whole: bool) -> Iterator[Finding]:
    """The findings in the register of fields to ask for.

    What a field settles is looked up in ``cases`` where they are the ``whole`` of them.
    """
    try:
        request = data_request(root)
    except CaseError as error:
        yield from error.findings
        return
    for finding in unsettling(request, *cases) if whole else ():
        if not any(excused(case, finding) for case in cases):
            yield finding


def of_prose(root: Path, cases: Sequence[Case]) -> Iterator[Finding]:
    """The findings in the pages of cases, and in the prose of notebooks."""
    written, unread = pages.read_pages(root)
    yield from unread
    for case in cases:
        mine = [page for page in written if page.case == case.name]
        names, compared = prose.Names.written(case), "comparisons" not in case.unread
        found = prose.problems(root, mine, names, compared=compared) if mine else ()
        yield from (finding for finding in found if not excused(case, finding))


def remarks(case: Case, *, held: bool) -> Iterator[str]:
    """What is said of a case without findings; ``held`` where phrases were held against the texts."""
    for source, phrases in not_reverifiable(case).items():
        yield f"{case.name}: source {source} is not archived, so its {phrases} phrases are not re-verifiable"
    if not held:
        yield f"{case.name}: phrases were not held against archived texts; --sources DIR does"
    for check, about, against, result in checks(case, ledger(case)).iter_rows():
        if result == INCONSISTENT:
            yield f"{case.name}: {check}: {about} against {against}: {result}"
    counted = {name: getattr(case, name).height for name in ("facts", "measures", "quantities")}
    counted["claims"] = len(case.claims)
    yield f"{case.name}: {', '.join(f'{number} {name}' for name, number in counted.items())}"
