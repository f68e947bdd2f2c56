"""The pages that people write: which there are, and whether the keys in them exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml

from analysis.files import decode
from analysis.findings import Finding, Problem, UnusableError, unknown_key
from analysis.keys import CLAIM, FORMS, GRADE, KEY, nearest
from analysis.publish import EDITIONS, GENERATED, START
from analysis.publish.errors import refuse

FIGURE = re.compile(r"!\[[^\]]*\]\(figures/([\w-]+)\)")
TABLE = re.compile(r":::+ *\{#tbl-([\w-]+)[^}]*\.published[^}]*\}")
REFERENCE = re.compile(r"(?<![\w.])@([a-z][a-z0-9-]*)", re.ASCII)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s:]+)\)")
SITE, REFERENCES = "_quarto.yml", "references.bib"
WORK = re.compile(r"^@\w+\{([^,\s]+)", re.MULTILINE)


PERMITTED = re.compile(
    r"\{(?:(?:#(?:fig|tbl|sec)-[\w-]+|#refs|\.published|\.unnumbered|\.callout-\w+) ?)+\}"
    r'|\{\.(?:if|unless) keys="[\w. -]+"\}'
)
CODE = r"`[^`]+`"
FORBIDDEN = {
    r"\{[^{}]*\}": "the mark-up '{}' is not for pages, but for values, tables, sections and callouts",
    r"</?[a-zA-Z][^>]*>|<!--": "the HTML '{}' would not be in every format",
    r"(?<![\\$\w])\$[^$\s][^$]*\$": "the formula '{}' could hold numbers of its own",
    CODE: "the code {} is no ledger value; expected `key`{{.value}}",
    r"!\[[^\]]*\]\((?!figures/[\w-]+\))[^)]*\)": "the picture '{}' is none that a notebook publishes",
    r"^ *\[(?!\^)[^\]]+\]:.*": "the definition '{}' could bring in a picture that no notebook publishes",
    r"\[[^\]@]*\d[^\]@]*@[^\]]*\]": "the citation '{}' has a number before the work",
    r"[\u200b-\u200f\u2060\ufeff]": "the invisible letter '{}' could part a number",
    r"^ {4,}\S.*|^ *```.*|^ *~~~.*": "'{}' would be set as code",
    r"^ *(?:[2-9]\d|\d{3,})[.)] .*": "'{}' would start a list with a number of its own",
}
"""What could bring a number to a reader past the lint, which goes by the roles of elements."""


@dataclass(frozen=True)
class Source:
    """A page as written, with the case that its front matter names."""

    name: str
    case: str
    text: str

    @property
    def language(self) -> str:
        """The edition that it belongs to."""
        return "zh" if re.search(r"^lang: *zh", self.text, re.MULTILINE) else "en"

    @property
    def folder(self) -> str:
        """The folder of a further case that it lies in; nothing for a page at the root."""
        top = self.name.partition("/")[0]
        return "" if top in {self.name, EDITIONS["zh"].name} else top

    def expanded(self, claims: Mapping[str, Mapping[str, Any]]) -> Source:
        """The page with the sentences of its claims and marks of their verdicts, as the filter has them."""

        def sentence(found: re.Match[str]) -> str:
            return f"{claims[found[1]]['sentence'][self.language]} `{found[1]}`{{.verdict}}"

        return replace(self, text=CLAIM.sub(sentence, self.text))


def written_pages(root: Path) -> list[Source]:
    """The pages outside generated folders that ``_quarto.yml`` lists.

    Raises BuildError for what `read_pages` finds.
    """
    pages, found = read_pages(root)
    refuse(found)
    return pages


def read_pages(root: Path) -> tuple[list[Source], list[Finding]]:
    """The pages that can be read, and a finding for each that cannot, or that names no case."""
    try:
        listed = listed_pages(root, settings(root))
    except UnusableError as error:
        return [], list(error.findings)
    paths = [path for path in listed if path.parent.name not in GENERATED]
    read = [_source(path, path.relative_to(root).as_posix()) for path in paths]
    pages = [page for page in read if isinstance(page, Source)]
    return pages, [found for found in read if isinstance(found, Finding)]


def settings(root: Path) -> Mapping[str, Any]:
    """What ``_quarto.yml`` says of the site; raises UnusableError where it lists no pages."""
    try:
        found = yaml.safe_load(decode(root / SITE, SITE))
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise UnusableError(SITE, f"is not YAML: {said}", "site-settings") from error
    match found:
        case {"project": {"render": [_, *_] as patterns}} if all(map(_pattern, patterns)):
            return cast("Mapping[str, Any]", found)
    message = "has no list of file names or patterns under 'project:' and 'render:'"
    raise UnusableError(SITE, message, "site-settings")


def _pattern(pattern: object) -> bool:
    return isinstance(pattern, str) and pattern != "" and not pattern.startswith("/")


def listed_pages(root: Path, settings: Mapping[str, Any]) -> list[Path]:
    """The files that the settings of a site list as its pages, each once, in order."""
    return sorted({path for glob in settings["project"]["render"] for path in root.glob(glob)})


def _source(path: Path, name: str) -> Source | Finding:
    try:
        text = decode(path, name)
    except UnusableError as error:
        return error.findings[0]
    found = re.search(r"^case: *(\S+) *$", text.split("\n---", 1)[0], re.MULTILINE)
    if not found:
        message = "the front matter names no case; expected a line such as 'case: meizhou'"
        return Finding(name, 0, "", message, rule="page-case")
    return Source(name, found[1], text)


def misplaced(root: Path, written: Sequence[Source]) -> Iterator[str]:
    """Pages that lie among those of another case."""
    folders = {page.folder for page in written} - {""}
    rooted = sorted({page.case for page in written if not page.folder})
    if len(rooted) > 1:
        yield (
            f"the pages at the root of the site are about one case; these name {', '.join(rooted)}. "
            "Those of a further case lie in a folder of its name"
        )
    yield from (
        f"{page.name}: is about the case '{page.case}'; the pages in {page.folder}/ are about '{page.folder}'"
        for page in written
        if page.folder and page.folder != page.case
    )
    yield from (f"{name}/: the pages of '{name}' lie at the root" for name in rooted if name in folders)
    yield from (f"{name}/ has no {START}" for name in folders if not (root / name / START).is_file())


def unknown_keys(page: Source, keys: Collection[str]) -> Iterator[Finding]:
    """Keys and forms of values that do not exist, with the nearest."""
    return _each(page, lambda line: _values(line, keys))


def unnamed(page: Source, pattern: re.Pattern[str], kind: str, known: Collection[str]) -> Iterator[Finding]:
    """Claims or grades that do not exist, with the nearest."""

    def unknown(line: str) -> Iterator[Problem]:
        return (
            Problem(f"unknown-{kind}", f"there is no {kind} '{name}'{nearest(name, known)}", name)
            for name in pattern.findall(line)
            if name not in known
        )

    return _each(page, unknown)


def unpublished(page: Source, published: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """Figures and tables that no notebook publishes."""
    return _each(page, lambda line: _names(line, published))


def unknown_references(page: Source, works: Collection[str]) -> Iterator[Finding]:
    """Citations of none of the works, and references to nothing on the page."""
    known = {*works, *re.findall(r"\{[^}]*#([\w-]+)", page.text)}
    return _each(
        page,
        lambda line: (
            Problem("unknown-reference", f"there is no '@{name}'{nearest(name, known)}", name)
            for name in REFERENCE.findall(line)
            if name not in known
        ),
    )


def dead_links(page: Source, root: Path) -> Iterator[Finding]:
    """Links to pages or sections that are not there; generated pages are there once they are built."""
    ids, folder = set(re.findall(r"\{[^}]*#([\w-]+)", page.text)), (root / page.name).parent

    def dead(line: str) -> Iterator[Problem]:
        for target in LINK.findall(line):
            path, _, anchor = target.partition("#")
            generated = any(part in GENERATED for part in Path(path).parts)
            missing = path.endswith(".qmd") and not generated and not (folder / path).is_file()
            if missing or (anchor and not path and anchor not in ids):
                yield Problem("dead-link", f"there is nothing at '{target}'", target)

    return _each(page, dead)


def works(root: Path) -> list[str]:
    """The works that pages may cite, by key."""
    return WORK.findall(decode(root / REFERENCES, REFERENCES))


def markup(page: Source, *allowed: str) -> Iterator[Finding]:
    """Mark-up in the body of a page that claims a role or bypasses the formats.

    ``allowed`` are patterns of `FORBIDDEN` that are no fault there.
    """
    front, divider, body = page.text.removeprefix("---").partition("\n---\n")
    blank = "\n" * (front.count("\n") + 2)
    told = replace(page, text=blank + body if divider else page.text)
    return _each(told, lambda line: _forbidden(line, allowed))


def _forbidden(line: str, allowed: Collection[str]) -> Iterator[Problem]:
    plain = PERMITTED.sub("", GRADE.sub("", CLAIM.sub("", KEY.sub("", line))))
    for pattern, message in FORBIDDEN.items():
        if pattern in allowed:
            continue
        yield from (Problem("markup", message.format(found), found) for found in re.findall(pattern, plain))


def lost(page: Source, keys: Collection[str]) -> Iterator[Finding]:
    """Values that a reading loses, for which prose, written for the case as coded, has no words."""
    message = "this reading leaves '{}' not identified: it is for notebooks, not for the pages"
    return _each(
        page,
        lambda line: (
            Problem("lost-value", message.format(key), key) for key, _ in KEY.findall(line) if key in keys
        ),
    )


def _each(page: Source, check: Callable[[str], Iterator[Problem]]) -> Iterator[Finding]:
    for number, line in enumerate(page.text.splitlines(), start=1):
        yield from (problem.at(page.name, number) for problem in check(line))


def _values(line: str, keys: Collection[str]) -> Iterator[Problem]:
    for key, form in KEY.findall(line):
        if key not in keys:
            yield unknown_key(key, keys)
        if (named := form.strip()) and named not in FORMS:
            message = f"'{named}' is not a form of {key}; expected as= {', '.join(FORMS)}"
            yield Problem("unknown-form", message, named)


def _names(line: str, published: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for pattern, kind in ((FIGURE, "figures"), (TABLE, "tables")):
        for name in pattern.findall(line):
            if name not in published[kind]:
                message = f"no notebook publishes '{name}' among the {kind}{nearest(name, published[kind])}"
                yield Problem("unpublished", message, name)
