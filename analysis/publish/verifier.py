"""Check an evidence bundle: every hash, every derived number, every status, every phrase.

    python verify.py                         the folder that this file lies in
    python verify.py evidence.zip            a bundle as it was downloaded
    python verify.py --source A=article.txt  and every phrase of source A against its text

This module needs the standard library only.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.publish.crate import CONTENTS, METADATA, describe, readme
from analysis.publish.verifier_ledger import Content, recompute
from analysis.publish.verifier_rows import miscoded_rows
from analysis.quotes import changed, misquoted, paragraphs, sha256

MANIFEST = "manifest.json"
LEDGER, ABOUT, README, PROGRAM = "ledger.json", "case.toml", "README.md", "verify.py"
TABLES = ("facts", "corrections", "measures", "assumptions", "quantities", "units", "indicators", "calendar")
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration, csv.Error)
"""What malformed content raises, wherever it is first looked at."""

Files = Mapping[str, bytes]


class BundleError(Exception):
    """There is no bundle to check."""


@dataclass(frozen=True)
class Checked:
    """What a check found wrong, and in words what it covered."""

    problems: Sequence[str]
    summary: Sequence[str]


def read_bundle(place: Path, apart: Sequence[Path] = ()) -> dict[str, bytes]:
    """The files of a bundle, a folder or a zip, by name; files ``apart`` are not of it.

    Raises BundleError.
    """
    try:
        if place.is_dir():
            paths = [path for path in sorted(place.rglob("*")) if path.is_file() and path not in apart]
            return {path.relative_to(place).as_posix(): path.read_bytes() for path in paths}
        with zipfile.ZipFile(place) as bundle:
            names = sorted(bundle.namelist())
            files = {name: bundle.read(name) for name in names}
    except (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        message = f"{place} is not a bundle: {error}"
        raise BundleError(message) from error
    if twins := sorted({name for name in names if names.count(name) > 1}):
        message = f"{place} is not a bundle: it holds more than one {', '.join(twins)}"
        raise BundleError(message)
    return files


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a table; raises ValueError where it is not one."""
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def parts_of(name: str, content: bytes) -> dict[str, str]:
    """The hash of each part of a file that has a name of its own: a row, an entry, a source."""
    match name:
        case "ledger.json":
            found = json.loads(content, parse_float=str, parse_int=str)["entries"]
        case "case.toml":
            about = tomllib.loads(content.decode("utf-8-sig"))
            found = {f"source {source['id']}": source for source in about["source"]}
        case _ if name.endswith(".csv"):
            found = {next(iter(row.values())): row for row in rows_of(content)}
        case _:
            return {}
    text = {
        key: json.dumps(part, ensure_ascii=False, sort_keys=True, default=str) for key, part in found.items()
    }
    return {key: sha256(part.encode()) for key, part in text.items()}


def fingerprint(name: str, content: bytes) -> dict[str, Any]:
    """What the manifest lists of a file: its size, its hash, and those of its parts."""
    try:
        parts = parts_of(name, content)
    except UNREADABLE:
        parts = {}
    return {"bytes": len(content), "sha256": sha256(content), "parts": parts}


def manifest(files: Files) -> dict[str, Any]:
    """The fingerprints of all ``files``."""
    return {"hash": "SHA-256", "files": {name: fingerprint(name, files[name]) for name in sorted(files)}}


def integrity(files: Files) -> Iterator[str]:
    """Files that are missing, left over, or not what the manifest lists, with the parts that changed."""
    if MANIFEST not in files:
        yield f"{MANIFEST}: is missing"
        return
    found = manifest({name: content for name, content in files.items() if name != MANIFEST})
    try:
        given = json.loads(files[MANIFEST])
        listed = {name: {**entry, "parts": dict(entry["parts"])} for name, entry in given["files"].items()}
    except UNREADABLE as error:
        yield f"{MANIFEST}: cannot be read: {error}"
        return
    if given.get("hash") != found["hash"]:
        yield f"{MANIFEST}: the hash is not {found['hash']}"
    yield from (f"{name}: is missing" for name in listed if name not in files)
    yield from (f"{name}: is not in the manifest" for name in found["files"] if name not in listed)
    for name in sorted(listed.keys() & found["files"].keys()):
        if found["files"][name] != listed[name]:
            places = list(_changed(found["files"][name]["parts"], listed[name]["parts"]))
            yield from (f"{name}, {place}" for place in places)
            yield from () if places else (f"{name}: is not the file that the manifest lists",)


def _changed(found: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{key}: is missing" for key in wanted if found and key not in found)
    yield from (f"{key}: is not in the manifest" for key in found if key not in wanted)
    both = (key for key in wanted if key in found)
    yield from (f"{key}: is not what the manifest lists" for key in both if found[key] != wanted[key])


def content_of(files: Files) -> Content:
    """The tables, the ledger and the case of a bundle; raises one of UNREADABLE."""
    tables = {table: rows_of(files[f"{table}.csv"]) for table in TABLES}
    about = tomllib.loads(files[ABOUT].decode("utf-8-sig"))
    return Content(tables, json.loads(files[LEDGER]), about)


def quoted(content: Content, texts: Mapping[str, Path]) -> Iterator[str]:
    """What is wrong between the phrases of some sources and their texts."""
    known = {source["id"]: source for source in content.about["source"]}
    for name, path in texts.items():
        source = known.get(name, {})
        if not source.get("sha256"):
            problem = "its text was not archived" if source else f"there are {', '.join(known)}"
            yield f"source {name}: cannot be checked; {problem}"
            continue
        try:
            text = path.read_bytes()
        except OSError as error:
            yield f"source {name}: {path} cannot be read: {error.strerror}"
            continue
        yield from (f"source {name}: {problem}" for problem in _text_problems(text, source))
        lines = paragraphs(text.decode("utf-8-sig", errors="replace"))
        for table in ("facts", "measures"):
            rows = [row for row in content.tables[table] if row["source"] == name]
            found = [(row["id"], misquoted(lines, row)) for row in rows]
            yield from (f"{table}.csv, {key}: {problem}" for key, problem in found if problem)


def _text_problems(text: bytes, source: Mapping[str, Any]) -> Iterator[str]:
    if sha256(text) != source["sha256"]:
        yield "this is not the text that was archived"
    lines = paragraphs(text.decode("utf-8-sig", errors="replace"))
    if len(lines) != len(source["paragraphs"]):
        yield f"{len(lines)} paragraphs, expected {len(source['paragraphs'])}"
        return
    yield from (f"paragraph {place} has changed" for place in changed(lines, source["paragraphs"]))


def described(files: Files, content: Content, program: bytes) -> Iterator[str]:
    """Where the bundle is not described as it is, and where it holds another verifier than ``program``."""
    known = {name: files[name] for name in CONTENTS if name in files and name != MANIFEST}
    found = json.loads(files[METADATA])
    wanted = describe(content.about, content.ledger["as_of"], known)
    parts, expected = ({part["@id"]: part for part in graph["@graph"]} for graph in (found, wanted))
    if {**found, "@graph": [*parts]} != {**wanted, "@graph": [*expected]}:
        yield f"{METADATA}: is not of these files and sources"
    for key in sorted(parts.keys() & expected.keys()):
        for name in sorted({*parts[key], *expected[key]}):
            given, right = parts[key].get(name), expected[key].get(name)
            yield from () if given == right else (f"{METADATA}, {key}: {name} is {given!r}, not {right!r}",)
    if files[README] != readme(content.about).encode():
        yield f"{README}: is not what a bundle of this case says"
    if files[LEDGER] != written(content.ledger):
        yield f"{LEDGER}: is not written as its numbers are"
    if program and files[PROGRAM] != program:
        yield f"{PROGRAM}: is not the verifier that checks it"


def written(ledger: Mapping[str, Any]) -> bytes:
    """The bytes of a ledger: each number has one way to be written."""
    return (json.dumps(ledger, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def check(files: Files, texts: Mapping[str, Path], program: bytes = b"") -> Checked:
    """Check everything that there is to check in a bundle, and phrases against the given ``texts``.

    ``program`` is the verifier that the bundle should hold, if that is to be checked too.
    """
    problems = list(integrity(files))
    try:
        content = content_of(files)
        problems += described(files, content, program)
        problems += miscoded_rows(content)
        problems += recompute(content)
        problems += quoted(content, texts)
    except UNREADABLE as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        return Checked([*problems, f"the ledger cannot be recomputed: {said}"], [])
    return Checked(problems, list(_summary(files, content, texts)))


def _summary(files: Files, content: Content, texts: Mapping[str, Path]) -> Iterator[str]:
    entries = content.ledger["entries"].values()
    quantities = sum(entry["kind"] == "quantity" for entry in entries)
    yield f"{len(files)} files are what the manifest lists."
    yield f"{len(entries)} entries of the ledger recomputed, {quantities} of them derived quantities."
    yield f"{len(content.tables['facts'])} figures stand in their phrases."
    if corrected := content.tables["corrections"]:
        yield f"Corrected, as corrections.csv says: {', '.join(row['fact'] for row in corrected)}."
    for name in sorted({row["source"] for table in ("facts", "measures") for row in content.tables[table]}):
        rows = [
            row for table in ("facts", "measures") for row in content.tables[table] if row["source"] == name
        ]
        how = "stand once in their paragraphs" if name in texts else "not held against a text"
        yield f"Source {name}: {len(rows)} phrases {how}."


def _source(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        message = f"'{text}' is not of the form A=article.txt"
        raise argparse.ArgumentTypeError(message)
    return name, Path(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a bundle and print what is wrong, a line each; returns the exit status."""
    parser = argparse.ArgumentParser(description="Check an evidence bundle: hashes, numbers, phrases.")
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--source", action="append", type=_source, default=[], metavar="A=FILE")
    given = parser.parse_args(arguments)
    texts = dict(given.source)
    try:
        files = read_bundle(given.bundle.resolve(), [path.resolve() for path in texts.values()])
    except BundleError as error:
        print(error)
        return 1
    checked = check(files, texts, Path(__file__).read_bytes())
    lines = checked.problems or checked.summary
    print("\n".join(lines))
    print(f"Problems: {len(checked.problems)}." if checked.problems else "Everything agrees.")
    return 1 if checked.problems else 0
