"""What is in an evidence bundle, for machines (RO-Crate 1.2, Soiland-Reyes et al., 2022) and for readers.

This module needs the standard library only: the verifier describes the bundle again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.quotes import sha256

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.2"
DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CODE_LICENCE = "https://spdx.org/licenses/MIT"
RIGHTS = "The phrases quoted from sources remain their publishers'."
FORMATS = {
    "csv": "text/csv",
    "json": "application/json",
    "toml": "application/toml",
    "py": "text/x-python",
    "md": "text/markdown",
}
CONTENTS = {
    "README.md": "How to check this bundle.",
    "assumptions.csv": "What the sources leave open and a result needs: a range or a choice each, and why.",
    "calendar.csv": "Weekdays off and weekends worked, from which working days are counted.",
    "case.toml": "The case, its tiers and its sources, with the hashes of archived texts.",
    "checks.csv": "What the printed figures are held against: sums, named lists, other sources, dates, GRIM.",
    "corrections.csv": "What a source prints wrongly, with the right value and why; the ledger takes that.",
    "facts.csv": "Reported figures and dates as printed, each with the phrase that carries it.",
    "indicators.csv": "The codebook: what an indicator means and when two values of it may be compared.",
    "ledger.json": "Every value with its interval, status, formula, inputs and text in both languages.",
    "manifest.json": "The SHA-256 of every other file, and of every row, entry and source in them.",
    "measures.csv": "Qualitative content, present or absent, each with its phrase.",
    "quantities.csv": "The expression of every derived quantity.",
    "units.csv": "Units, and how a value is written in each language.",
    "verify.py": "Checks numbers, statuses, texts, phrases and hashes with Python's standard library only.",
}


def describe(about: Mapping[str, Any], as_of: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The static RO-Crate description of a bundle of ``files``, of the case that ``case.toml`` is about."""
    parts = [_file(name, files.get(name)) for name in CONTENTS]
    sources = [_described(source) for source in about["source"]]
    licences = [
        {"@id": DATA_LICENCE, "@type": "CreativeWork", "name": "CC BY 4.0", "description": RIGHTS},
        {"@id": CODE_LICENCE, "@type": "CreativeWork", "name": "MIT", "description": "MIT License"},
        {
            "@id": "https://www.python.org/",
            "@type": "ComputerLanguage",
            "name": "Python",
            "version": ">=3.11",
        },
    ]
    head = {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": PROFILE}, "about": {"@id": "./"}}
    graph = [head, _root(about, _latest(about, as_of), parts, sources), *parts, *sources, *licences]
    return {"@context": f"{PROFILE}/context", "@graph": graph}


def _latest(about: Mapping[str, Any], as_of: str) -> str:
    """The day up to which sources are read."""
    return as_of or max(str(source["date"]) for source in about["source"])


def _root(
    about: Mapping[str, Any], latest: str, parts: list[dict[str, Any]], sources: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Evidence: {about['name_en']}",
        "description": "Every number of the brief with the phrases, assumptions and expressions behind it, "
        f"and a verifier. Sources are read up to {latest}. {RIGHTS}",
        "datePublished": str(about.get("published") or latest),
        "license": {"@id": DATA_LICENCE},
        "inLanguage": ["en", "zh"],
        "hasPart": [{"@id": part["@id"]} for part in parts],
        "isBasedOn": [{"@id": source["@id"]} for source in sources],
    }


def _file(name: str, content: bytes | None) -> dict[str, Any]:
    code = name.endswith(".py")
    found = {
        "@id": name,
        "@type": ["File", "SoftwareSourceCode"] if code else "File",
        "name": name,
        "description": CONTENTS[name],
        "encodingFormat": FORMATS[name.rpartition(".")[2]],
        "license": {"@id": CODE_LICENCE if code else DATA_LICENCE},
    }
    if content is not None:  # the manifest holds the hash of this description
        found |= {"contentSize": str(len(content)), "sha256": sha256(content)}
    return {**found, "programmingLanguage": {"@id": "https://www.python.org/"}} if code else found


def _described(source: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "@id": f"#source-{source['id']}",
        "@type": "CreativeWork",
        "identifier": source["id"],
        "name": source["title"],
        "alternateName": source["title_en"],
        "creditText": f"{source['publisher']} ({source['kind']})",
        "datePublished": str(source["date"]),
        "inLanguage": source["language"],
    }
    return found | ({"sha256": source["sha256"]} if source.get("sha256") else {})


def readme(about: Mapping[str, Any]) -> str:
    """How to check a bundle, in a few lines."""
    rows = "\n".join(f"- `{name}`: {said}" for name, said in CONTENTS.items())
    archived = next((source for source in about["source"] if source.get("sha256")), None)
    text = "" if archived is None else f"python3 verify.py --source {archived['id']}={archived['file']}\n"
    return f"""# Evidence: {about["name_en"]}

```sh
python3 verify.py
{text}```

Python 3.11 or later is all it needs: no package and no network.
It recomputes every derived number from the facts, assumptions and expressions,
and checks every status, text and hash.
With `--source` it holds each phrase against the text of that source, which is not part of the bundle.
The exit status is 0 when everything agrees; otherwise each problem is named.

The manifest finds a change anywhere; where it was changed too, `ro-crate-metadata.json` does.
Where that was changed as well, the recomputation still finds every number that does not follow
from the facts, and a phrase and its translation, or both languages, must hold the same numbers.
A fact that was changed along with its phrase is found with the source's text.
Notes, periods, who measured, and the register of checks are held by the hashes alone;
power that was simulated and points of charts that are no ledger values are not in the bundle.
A changed `verify.py` is found by another copy of it: `python3 verify.py OTHER.zip`.

{rows}

Data: CC BY 4.0; `verify.py`: MIT.
{RIGHTS}
"""
