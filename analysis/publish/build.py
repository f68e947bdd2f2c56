"""The build: check, run the notebooks, render, and put the new site in the old one's place."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.publish import EDITIONS, folders, home, leftovers, lock, stamp
from analysis.publish.errors import BuildError, refuse
from analysis.publish.processes import Workers, interruptible

if TYPE_CHECKING:
    from analysis.publish.drawing import Drawing
    from analysis.publish.pages import Source

WORK = Path(".brief")
SITE = Path("_site")
MADE = WORK / "site.json"
"""The stamp of the site: what it was made from."""

Report = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What a build is asked for: renderer and engine, reading date, settings of assumptions by name, formats.

    Without ``formats`` pages are made in all of theirs; the web pages, which the checks read, always are.
    """

    renderer: str = "auto"
    engine: str = "warm"
    as_of: str = ""
    assumptions: Mapping[str, str] = field(default_factory=dict)
    formats: Sequence[str] = ()

    @property
    def reading(self) -> bool:
        """Whether this is one reading of the case, which may need less than the case holds."""
        return bool(self.as_of or self.assumptions)

    @property
    def parameters(self) -> dict[str, Any]:
        """The notebooks' parameters, without the case."""
        return {"as_of": self.as_of, "assumptions": dict(self.assumptions)}


def build(root: Path, options: Options, report: Report, *, wait: bool = False) -> bool:
    """Build the site; returns whether there was anything to do.

    ``report`` is told each step as it begins.  Raises CaseError, BuildError or RenderError, and then
    leaves the site as it was; another build at work is waited for, or else refused too.
    """
    with lock.alone(root, (lambda: report("waiting for another build to end")) if wait else None):
        return _build(root, options, report)


def _build(root: Path, options: Options, report: Report) -> bool:
    repair(root / SITE, root / WORK / "site")
    renderer = choose(options.renderer)
    settings = {**options.parameters, "engine": options.engine, "renderer": renderer}
    settings["formats"] = sorted(options.formats)
    inputs = stamp.fingerprint(root, stamp.SOURCES, settings)
    made = root / MADE
    if stamp.is_current(root, made, inputs):
        return False
    from analysis.publish import evidence, kept, runtime  # noqa: PLC0415 - a build with nothing to do needs none

    stamp.void(made)
    with kept.Kept(root).building(whole=not options.formats), Workers() as workers:
        prepare(root, options, report, workers)
        report(f"rendering with {renderer}")
        new = root / WORK / "site"
        shutil.rmtree(new, ignore_errors=True)
        _renderer(renderer)(root, new, *([tuple(options.formats)] if options.formats else []))
        evidence.write_records(root, new)
        runtime.write(root, new)
        report("holding every number against the ledger")
        refuse_pages(root, new, workers)
        shutil.copytree(root / "data", new / "data", dirs_exist_ok=True)
        swap(root / SITE, new)
    stamp.write(made, inputs, stamp.sizes(root, [root / SITE]))
    return True


def refuse_pages(root: Path, new: Path, workers: Workers) -> None:
    """Raise BuildError where a page says a number that nothing accounts for, or the editions differ."""
    from analysis.publish import formats, lint, parity  # noqa: PLC0415 - a build with nothing to do needs none

    formats_agree = workers.submit(formats.refuse_differences, new, root)  # reading PDFs takes longest
    lint.refuse_unmarked(new, root)
    parity.refuse_differences(new, root)
    formats_agree.result()


def choose(renderer: str) -> str:
    """``quarto`` or ``embedded``; ``auto`` takes Quarto where it is on PATH.

    Raises BuildError where Quarto is asked for and is not there.
    """
    there = shutil.which("quarto")
    if renderer == "quarto" and not there:
        raise BuildError("quarto is not on PATH; '--renderer embedded' needs nothing but Python packages")
    if renderer == "auto":
        return "quarto" if there else "embedded"
    return renderer


def _renderer(name: str) -> Callable[..., None]:
    if name == "quarto":
        from analysis.publish import quarto  # noqa: PLC0415 - only one of the two is needed

        return quarto.render
    from analysis.publish import render  # noqa: PLC0415

    return render.render


def prepare(root: Path, options: Options, report: Report, workers: Workers) -> bool:
    """Check the cases, run their notebooks, and write all that the pages refer to; ``workers`` draw figures.

    Returns whether there was anything to do.  Raises before anything is written where a case has
    findings, a page has an unknown key, or a notebook fails.
    """
    from analysis.publish import drawing, execute, kept, pages  # noqa: PLC0415

    written = pages.written_pages(root)
    named = dict.fromkeys(page.case for page in written)
    cases = sorted(named, key=lambda name: (root / "seeds" / name).is_dir())  # what is not there fails first
    refuse(pages.misplaced(root, written) if all((root / "seeds" / name).is_dir() for name in cases) else ())
    figures = drawing.for_word(root)
    word = {name: figures[name] for name in cases}
    settings = {**options.parameters, "engine": options.engine, "word": word}
    inputs = stamp.fingerprint(root, stamp.ANALYSIS, settings)
    made = root / WORK / "prepared.json"
    fresh = not stamp.is_current(root, made, inputs)
    if fresh:
        stamp.void(made)
        if not (root / kept.FOLDER / "notebooks").exists():
            execute.warm()  # it imports the libraries of the analysis while this process does
    from analysis.gather import gathers  # noqa: PLC0415 - as below
    from analysis.publish import comparisons, evidence, prose, unused  # noqa: PLC0415 - they need the libraries of the analysis

    for name in sorted(cases, key=lambda name: gathers(name, root)):  # what is gathered after what it is from
        mine = [page for page in written if page.case == name]
        if fresh:
            _prepare_case(root, drawing.Drawing(root, name, workers, word[name]), mine, options, report)
        published = json.loads((root / WORK / name / "published.json").read_text(encoding="utf-8"))
        names = prose.Names.built(root / WORK / name)
        refuse(prose.problems(root, mine, names, published))
        applied = names.applied(mine, published)
        unpublished = (found for page in applied for found in pages.unpublished(page, published))
        refuse((*unpublished, *comparisons.in_published(root, name, published)))
        evidence.write_pages(root, name, applied)
    leftovers.clear(root, cases, made)
    if fresh:
        stamp.write(made, inputs, stamp.sizes(root, _generated(root, cases)))
    if not options.reading:
        unused.refuse_unused(root)
    return fresh


def _generated(root: Path, cases: Sequence[str]) -> Iterator[Path]:
    """What `prepare` writes for some cases, but for the evidence pages."""
    yield root / "data"
    yield from (root / edition / "revisions" for edition in EDITIONS.values())
    for name in cases:
        yield root / WORK / name
        yield from (root / folder / "figures" for folder in folders(root, name).values())
        yield from (root / home(root, name) / "notebooks").glob("*.qmd")


def _prepare_case(
    root: Path, figures: Drawing, written: Sequence[Source], options: Options, report: Report
) -> None:
    from analysis import ledger, load_case  # noqa: PLC0415
    from analysis.claim_texts import told  # noqa: PLC0415
    from analysis.publish import execute, handover, notebook, pages, points, prose, rerun  # noqa: PLC0415

    interruptible()
    name = figures.case
    report(f"checking {name}")
    case = load_case(name, as_of=options.as_of, assumptions=options.assumptions, root=root)
    entries = ledger(case)
    names = prose.Names.of(case, entries)
    refuse(prose.problems(root, written, names))
    if options.reading:
        claims = told(case, entries)
        lost = entries.lost(ledger(load_case(name, root=root)))
        gone = (found for page in names.applied(written) for found in pages.lost(page.expanded(claims), lost))
        refuse(itertools.islice(gone, 1))
    report("running the notebooks")
    executed, handed = {}, {}
    parameters = {"case": name, **options.parameters}
    run, study = execute.notebooks(root, entries.entries), notebook.Study(case, entries)
    for path, done, ran in rerun.execute_changed(root, study, parameters, options.engine, run):
        executed[path.stem] = done
        handed[path.stem] = handover.records(done, path.stem)
        figures.add(handed[path.stem])
        report(f"{'ran' if ran else 'kept'} {path.name}")
    in_order = [record for stem in sorted(handed) for record in handed[stem]]
    handover.refuse_twins(in_order)
    handover.refuse_disagreement(entries, in_order)
    points.refuse_undrawn(in_order)
    report("writing figures, tables and data")
    handover.write_all(root, case, entries, dict(sorted(executed.items())), in_order)
    figures.write()


def swap(site: Path, new: Path) -> None:
    """Put ``new`` in the site's place; `repair` finishes what is cut short between the two renames."""
    old = _aside(new)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def repair(site: Path, new: Path) -> None:
    """Bring back the site that a killed build had set aside for a new one, or clear it away."""
    old = _aside(new)
    if old.exists() and not site.exists():
        old.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def _aside(new: Path) -> Path:
    return new.with_name(f"{new.name}.old")
