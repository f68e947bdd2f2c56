"""What the registers of a case hold and nothing shows or needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.keys import CLAIM, KEY
from analysis.publish import conditions, home
from analysis.publish.errors import refuse
from analysis.publish.kept import Kept
from analysis.publish.known import Known, rows

if TYPE_CHECKING:
    from analysis.claim_files import Claim

REGISTERS = frozenset({"facts", "assumptions", "quantities"})
"""Tables that list whatever there is, so that to stand in them is not to be used."""

FACT = re.compile(r"data-fact=\W?([\w.]+)")


def refuse_unused(root: Path) -> None:
    """Raise BuildError for keys that nothing shows or needs; a fact or measure may say why in its note.

    What cases share is of use to the case at the root of the site, and need not be to another.
    """
    for case, known in Known.built(root).items():
        prose = _prose(root, case, known)
        said = {name for line in prose for name in CLAIM.findall(line)}
        shown = _shown(prose, known)
        paths = (*Known.files(root, case), *(root / "seeds").glob("*.toml"))
        find = partial(_unused, root, case, known, said, shown)
        refuse(Kept(root).found(f"unused/{case}", [sorted(said), sorted(shown)], paths, find))


def _unused(
    root: Path, case: str, known: Known, said: Collection[str], shown: Collection[str]
) -> Iterator[str]:
    shared = _shared(root, case)
    made = known.flips.keys() - (shared - {*said})
    claims = {name: claim for name, claim in _claims(root, case).items() if name in made}
    for claim in claims.keys() - {*said}:
        yield f"{claims[claim].file}: no page says the claim '{claim}'"
    used = {*shown, *(key for claim in claims.values() for key in claim.names if key in known.entries)}
    needed = set(used)
    for key in used:
        _need(known, key, needed)
    for key, entry in known.entries.items():
        note = known.phrases.get(key, {}).get("note", "")
        if key not in needed and key not in shared and not note:
            yield f"seeds/{case}: no page, figure, table, claim or quantity uses the {entry['kind']} '{key}'"


def _prose(root: Path, case: str, known: Known) -> list[str]:
    """The lines of the pages that are written, and of those of notebooks, as far as they apply."""
    folder = root / home(root, case)
    paths = [path for name in ("", "zh", "notebooks") for path in (folder / name).glob("*.qmd")]
    has = conditions.among({*known.entries, *known.flips, *known.grades}, known.published)
    texts = (conditions.applied(path.read_text(encoding="utf-8"), has) for path in paths)
    return [line for text in texts for line in text.splitlines()]


def _shared(root: Path, case: str) -> set[str]:
    """The quantities and claims that another case is to use, if any is."""
    from analysis.claim_files import claim_files, read_claims  # noqa: PLC0415 - it imports half a second

    if home(root, case) == Path():
        return set()
    file = claim_files(case)[0]
    quantities = (row["key"] for row in rows(root / "seeds" / "quantities.csv"))
    return {*quantities, *(claim.id for claim in read_claims(root / file, file)[0])}


def _shown(lines: Sequence[str], known: Known) -> set[str]:
    """The keys in prose, and those of figures and tables other than the registers."""
    prose = {key for line in lines if not line.startswith("| ") for key, _ in KEY.findall(line)}
    tables = [table for name, table in known.published["tables"].items() if name not in REGISTERS]
    handed = [shown["keys"] for shown in (*tables, *known.published["figures"].values())]
    quoted = [FACT.findall(markdown) for table in tables for markdown in table["markdown"].values()]
    return prose.union(*handed, *quoted) & set(known.entries)


def _claims(root: Path, case: str) -> dict[str, Claim]:
    """The claims of a case and those that cases share, by id."""
    from analysis.claim_files import claim_files, read_claims  # noqa: PLC0415 - it imports half a second

    files = (read_claims(root / file, file)[0] for file in claim_files(case))
    return {claim.id: claim for claims in files for claim in claims}


def _need(known: Known, key: str, used: set[str]) -> None:
    phrase = known.phrases.get(key, {})
    for name in (*known.entries[key]["inputs"], phrase.get("period_start"), phrase.get("period_end")):
        if name in known.entries and name not in used:
            used.add(name)
            _need(known, name, used)
