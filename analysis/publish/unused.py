"""What the registers of a case hold and nothing shows or needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.keys import CLAIM, KEY
from analysis.publish.errors import refuse
from analysis.publish.kept import Kept
from analysis.publish.known import Known

if TYPE_CHECKING:
    from analysis.claim_files import Claim

REGISTERS = frozenset({"facts", "assumptions", "quantities"})
"""Tables that list whatever there is, so that to stand in them is not to be used."""

FACT = re.compile(r"data-fact=\W?([\w.]+)")


def refuse_unused(root: Path) -> None:
    """Raise BuildError for keys that nothing shows or needs; a fact or measure may say why in its note."""
    prose = [line for path in _prose(root) for line in path.read_text(encoding="utf-8").splitlines()]
    said = {name for line in prose for name in CLAIM.findall(line)}
    for case, known in Known.built(root).items():
        shown = _shown(prose, known)
        paths = (*Known.files(root, case), *(root / "seeds").glob("*.toml"))
        find = partial(_unused, root, case, known, said, shown)
        refuse(Kept(root).found(f"unused/{case}", [sorted(said), sorted(shown)], paths, find))


def _unused(
    root: Path, case: str, known: Known, said: Collection[str], shown: Collection[str]
) -> Iterator[str]:
    claims = _claims(root, case)
    for claim in claims.keys() & known.flips.keys() - set(said):
        yield f"{claims[claim].file}: no page says the claim '{claim}'"
    used = {*shown, *(key for claim in claims.values() for key in claim.names if key in known.entries)}
    needed = set(used)
    for key in used:
        _need(known, key, needed)
    for key, entry in known.entries.items():
        note = known.phrases.get(key, {}).get("note", "")
        if key not in needed and not note:
            yield f"seeds/{case}: no page, figure, table, claim or quantity uses the {entry['kind']} '{key}'"


def _prose(root: Path) -> list[Path]:
    """The pages that are written, and those of notebooks."""
    return [path for folder in ("", "zh", "notebooks") for path in (root / folder).glob("*.qmd")]


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
    for name in known.entries[key]["inputs"]:
        if name in known.entries and name not in used:
            used.add(name)
            _need(known, name, used)
