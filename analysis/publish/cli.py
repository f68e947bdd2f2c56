"""The command line: ``brief``."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.project import project_root
from analysis.publish.processes import Workers, stopping

if TYPE_CHECKING:
    from analysis import Ledger

FINDINGS, UNUSABLE = 1, 2
RENDERER = click.option(
    "--renderer",
    type=click.Choice(["auto", "quarto", "embedded"]),
    default="auto",
    show_default=True,
    help="Quarto, or Pandoc and Typst from their wheels; auto takes Quarto where it is on PATH.",
)
NUMERAL = re.compile(r"\d(?:[\d.,]*\d)?")


class Brief(click.Group):
    """The group of commands; without one it builds."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``build`` in front of its options where no command is named."""
        if not args or (args[0].startswith("-") and args[0] not in {"--help", "-h", "--version"}):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Brief, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(package_name="evidence-brief")
def cli() -> None:
    """Policy briefs in which every number resolves to a phrase in a source.

    Without a command, `brief` builds the site.
    Exit status: 0 good, 1 the case has findings or the build failed, 2 unusable input, 130 Ctrl-C.
    """


def settings(_: click.Context, __: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """Read ``NAME=VALUE`` pairs."""
    pairs = [pair.split("=", 1) for pair in given]
    for pair in pairs:
        if len(pair) != 2 or not all(pair):
            raise click.BadParameter(
                f"'{'='.join(pair)}' is not NAME=VALUE, such as municipal_start=2023-11-30"
            )
    return dict(pairs)


def reading(command: Any) -> Any:  # noqa: ANN401 - click's decorators
    """The options that say how a case is read."""
    command = click.option(
        "-p",
        "--set",
        "assumptions",
        multiple=True,
        metavar="NAME=VALUE",
        callback=settings,
        help="Fix an assumption, such as municipal_start=2023-11-30. May be repeated.",
    )(command)
    return click.option(
        "--as-of", default="", metavar="DATE", help="Leave out sources dated later, such as 2024-04-12."
    )(command)


@cli.command()
@RENDERER
@click.option(
    "--engine",
    type=click.Choice(["warm", "stock"]),
    default="warm",
    show_default=True,
    help="Run notebooks in forks of one process, or each in a Jupyter kernel of its own; both give the same.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(["html", "pdf", "docx", "pptx"]),
    multiple=True,
    help="Make the web pages and only this, such as pptx, the slides. May be repeated; default all.",
)
@click.option("--all", "every", is_flag=True, help="Build every case as an edition of its own, into _sites/.")
@click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    help="Build editions on the workers of a Dask scheduler, such as tcp://10.0.0.5:8786.",
)
@click.option("--wait", is_flag=True, help="Where another build is at work, wait for its end.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@reading
def build(  # noqa: PLR0913, PLR0917 - an argument an option
    renderer: str,
    engine: str,
    formats: tuple[str, ...],
    every: bool,  # noqa: FBT001
    cluster: str,
    wait: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    as_of: str,
    assumptions: dict[str, str],
) -> None:
    """Build the site: website, PDF, DOCX and slides in both languages, into _site/.

    With --all, or with several values of an assumption, as in -p municipal_start=2023-11-30,2024-01-22, it
    builds editions instead: each a site of its own in _sites/, beside a page and a table of all of them.
    What is up to date is kept, so that a build which was interrupted goes on where it was.
    """
    if every or cluster or any("," in value for value in assumptions.values()):
        from analysis.publish import many, progress  # noqa: PLC0415 - each command imports what it needs

        progress.refuse_unfit(renderer, every=every, assumptions=assumptions)
        request = many.Request(every, progress.grid(assumptions), as_of, engine, formats)
        progress.run(project_root(), request, cluster, wait=wait, as_json=as_json)
        return
    from analysis.publish import build as building  # noqa: PLC0415

    root, start = project_root(), time.perf_counter()
    options = building.Options(renderer, engine, as_of, assumptions, formats)
    worked = building.build(root, options, lambda step: None if as_json else say(step), wait=wait)
    chosen, seconds = building.choose(renderer), time.perf_counter() - start
    if as_json:
        click.echo(json.dumps({"renderer": chosen, "worked": worked, "seconds": round(seconds, 2)}))
    elif worked:
        click.echo(f"_site/index.html is ready ({chosen}, {seconds:.1f} s)")
    else:
        click.echo(f"_site/index.html is up to date ({chosen})")


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any.")
@RENDERER
@click.option(
    "--format",
    "formats",
    type=click.Choice(["pdf", "docx", "pptx"]),
    multiple=True,
    help="Make this beside the web pages, which takes longer. May be repeated.",
)
def serve(port: int, renderer: str, formats: tuple[str, ...]) -> None:
    """Show the site in the browser while it is written: build it anew at each change, and reload the page."""
    from analysis.publish import serve as serving  # noqa: PLC0415

    options = ["--renderer", renderer, *(part for name in ("html", *formats) for part in ("--format", name))]
    serving.serve(project_root(), port, options, lambda line: click.echo(line, err=True))


@cli.command()
@reading
def prepare(as_of: str, assumptions: dict[str, str]) -> None:
    """Run the notebooks and write what the pages refer to; `quarto render` calls it."""
    from analysis.publish import build as building  # noqa: PLC0415
    from analysis.publish import kept, lock, quarto  # noqa: PLC0415

    if quarto.PREPARED in os.environ:
        return
    root = project_root()
    with lock.alone(root), kept.Kept(root).building(whole=False), Workers() as workers:
        building.prepare(root, building.Options(as_of=as_of, assumptions=assumptions), say, workers)
        quarto.prepare(root)


@cli.command()
@click.argument("name")
def new(name: str) -> None:
    """Lay out a case called NAME: seed files that say what goes where, and a skeleton of its pages.

    Of a case that has one of the two, the other; nothing is overwritten.
    """
    from analysis.publish.new import lay_out  # noqa: PLC0415

    for file in lay_out(project_root(), name):
        click.echo(file)
    click.echo(f"Fill in seeds/{name}/; 'brief check {name}' says what is missing")


@cli.command()
@click.argument("name")
def gather(name: str) -> None:
    """Write what several cases report of comparable indicators into a case called NAME.

    NAME is a folder of seeds/ whose case.toml names them under [cases], each with the letters that tell its
    sources from the others'.
    """
    from analysis.gather import gathered  # noqa: PLC0415

    root = project_root()
    for file, text in gathered(name, root).items():
        (root / file).write_text(text, encoding="utf-8")
        click.echo(file)


@cli.command()
def schema() -> None:
    """Write seeds/schemas/, by which editors complete and check the seed files, from code and codebook."""
    from analysis.publish.table_schemas import write_schemas  # noqa: PLC0415

    for file in write_schemas(project_root()):
        click.echo(file)


@cli.command()
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of archived source texts: holds every phrase against them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings and counts as JSON.")
def check(cases: Sequence[str], sources: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Check cases (default: all): files, figures, phrases, units, formulas, claims, and the prose of pages.

    All that is wrong is told at once, by file and row, each finding with its [rule]; below, why each rule
    matters and what is right, and counts.  What the sources themselves do not agree on, such as a sum that
    is not its parts, is no finding: it is told after the findings.

    Exit status: 0 no findings, 1 findings, 2 a file among them cannot be read, or there is no such case.
    """
    from analysis.findings import status_of  # noqa: PLC0415
    from analysis.publish import checking, report  # noqa: PLC0415

    root = project_root()
    findings, notes = checking.checked(root, cases, sources)
    if as_json:
        click.echo(json.dumps(report.plain(root, findings, notes), ensure_ascii=False, indent=1))
    else:
        for line in report.lines(root, findings):
            click.echo(line, err=True)
        for line in (*notes, *report.totals(findings)):
            click.echo(line)
    sys.exit(status_of(findings))


@cli.command()
@click.argument("key")
@click.option("--case", "name", default="meizhou", show_default=True, help="The case.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@reading
def explain(key: str, name: str, as_json: bool, as_of: str, assumptions: dict[str, str]) -> None:  # noqa: FBT001
    """Explain KEY, a value or a claim: its formula or verdict, down to phrases and assumptions.

    A number as it is printed, such as 77.54, gives the keys of which it is the value.
    """
    from analysis import ledger, load_case  # noqa: PLC0415
    from analysis.claim_texts import explain_claim  # noqa: PLC0415
    from analysis.explain import explain as trace  # noqa: PLC0415
    from analysis.findings import UnusableError  # noqa: PLC0415

    case = load_case(name, as_of=as_of, assumptions=assumptions, root=project_root())
    entries = ledger(case)
    claims = [claim.id for claim in case.claims]
    if key not in {*entries.entries, *claims}:
        raise UnusableError(key, f"there is no such key or claim{meant(key, entries, claims)}")
    found = explain_claim(case, entries, key) if key in claims else trace(case, entries, key)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        from analysis.publish.tree import show  # noqa: PLC0415

        show(found)


def meant(text: str, ledger: Ledger, claims: Sequence[str]) -> str:
    """The keys of which a printed number is the value, or else the names nearest to a text."""
    from analysis.keys import nearest  # noqa: PLC0415

    values = {key: ledger.text(key, "en", "value") for key in ledger.entries}
    shown = [key for key, value in values.items() if text in NUMERAL.findall(value)]
    return f"; it is the value of {', '.join(shown)}" if shown else nearest(text, [*values, *claims])


@cli.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--record", is_flag=True, help="Add each changed number to seeds/CASE/revisions.csv.")
@click.option("--edition", default="", metavar="DATE", help="With --record: the day of NEW; default today.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def diff(old: Path, new: Path, edition: str, record: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show which published numbers changed between two built sites, OLD and NEW, and why.

    Exit status, as of diff(1): 0 no published number changed, 1 some did, 2 unusable input.
    """
    from analysis.publish import editions, revisions  # noqa: PLC0415
    from analysis.publish.tree import show_difference  # noqa: PLC0415

    before, after = editions.read_edition(old), editions.read_edition(new)
    if record:
        revisions.refuse_readings(before, after)
    found = editions.difference(before, after)
    recorded = revisions.record(project_root(), found, edition) if record else []
    if as_json:
        click.echo(json.dumps(found.plain(), ensure_ascii=False, indent=1))
    else:
        show_difference(found)
    for line in recorded:
        click.echo(line, err=True)
    sys.exit(FINDINGS if found.numbers else 0)


@cli.command()
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("other", type=click.Path(path_type=Path))
def compare(site: Path, other: Path) -> None:
    """Compare what two built sites say, SITE (here) and OTHER (there), such as those of both renderers.

    Headings, paragraphs, captions, tables cell by cell, notes, links and numbers of the web pages, and the
    texts of the PDF, Word and PowerPoint files.

    Exit status, as of diff(1): 0 both say the same, 1 they differ, 2 unusable input.
    """
    from analysis.publish import twins  # noqa: PLC0415

    found = twins.differences(site, other)
    for difference in found:
        click.echo(str(difference))
    click.echo(f"{len(found) or 'no'} {'difference' if len(found) == 1 else 'differences'}", err=True)
    sys.exit(FINDINGS if found else 0)


def say(step: str) -> None:
    """Tell what is being done, on standard error."""
    click.echo(f"{step} ...", err=True)


def main() -> None:
    """Run the command line; a known fault is one message and an exit status, never a traceback."""
    try:
        with stopping():
            cli.main(prog_name="brief", standalone_mode=True)
    except Exception as error:
        status = known_fault(error)
        if status is None:
            raise
        click.echo(str(error), err=True)
        sys.exit(status)


def known_fault(error: Exception) -> int | None:
    """The exit status for a fault of the input or the build, or None for a fault of the program."""
    from analysis.findings import CaseError  # noqa: PLC0415
    from analysis.publish.errors import BuildError  # noqa: PLC0415

    if isinstance(error, CaseError):
        return error.status
    return FINDINGS if isinstance(error, BuildError) else None
