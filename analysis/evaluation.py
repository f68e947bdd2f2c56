"""The evaluation that is proposed: what of it is declared in the ledger, as studies to simulate.

Effects and spreads are in working days, ``design_icc`` is in per cent, the rest are counts; all are
assumptions of the case, with the reason for each range there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from analysis import ledger as compute
from analysis import load_case, power_results
from analysis.entries import Ledger
from analysis.findings import UnusableError
from analysis.power import Panel, Power, Prior, Study
from analysis.project import project_root
from analysis.randomisation import Stratum

FILE = "power.csv"
"""The simulated powers of a case, in its folder of ``seeds/``."""

DRAWS, SEED = 2000, 20240408
STEP = 2
"""Between the numbers of exemplar towns that are simulated."""


def declared(ledger: Ledger, key: str) -> tuple[float, float, float]:
    """The lower end, the central value and the upper end of what is declared.

    Raises:
        UnusableError: one of them is open, so that there is nothing to simulate.
    """
    entry = ledger[key]
    match entry.low, entry.value, entry.high:
        case float() as low, float() as central, float() as high:
            return low, central, high
    raise UnusableError(key, "the evaluation needs a number here, and there is none")


def centre(ledger: Ledger) -> Study:
    """The study at the central settings: a randomisation test of either direction at the 5% level."""
    effect, spread, lasting = (_central(ledger, f"design_{name}") for name in ("effect", "cell_sd", "icc"))
    names = ("towns", "other_towns", "months_before", "months_after")
    panel = Panel(*(int(_central(ledger, f"design_{name}")) for name in names))
    return Study(Prior(effect, spread, lasting / 100), panel, draws=DRAWS, seed=SEED)


def _central(ledger: Ledger, key: str) -> float:
    return declared(ledger, key)[1]


def studies(ledger: Ledger) -> Iterator[Study]:
    """The central study with other effects, months after the handover and exemplar towns, in that order.

    Effects and months take both ends and the centre of their range, towns every second number of theirs.
    """
    study = centre(ledger)
    for effect in sorted({*declared(ledger, "design_effect")}):
        for after in sorted({*declared(ledger, "design_months_after")}):
            for towns in _towns(ledger):
                prior = Prior(effect, study.prior.cell_sd, study.prior.icc)
                panel = Panel(towns, study.panel.other, study.panel.before, int(after))
                yield Study(prior, panel, study.test, study.draws, study.seed)


def _towns(ledger: Ledger) -> list[int]:
    low, central, high = map(int, declared(ledger, "design_towns"))
    return sorted({*range(low, high, STEP), central, high})


def powers(ledger: Ledger, case: str, root: Path | None = None) -> list[Power]:
    """The power of each study, from the file of the case as far as it holds them."""
    return power_results.results(studies(ledger), power_results.kept(file_of(case, root)))


def file_of(case: str, root: Path | None = None) -> Path:
    """Where the simulated powers of a case are kept."""
    return (root or project_root()) / "seeds" / case / FILE


def counties(ledger: Ledger) -> list[Stratum]:
    """The counties of the city as the units of a randomisation test."""
    return [Stratum(*(int(_central(ledger, key)) for key in ("city_counties", "pilot.exemplar_counties")))]


def main() -> None:
    """Simulate the powers of the cases named on the command line, and keep them."""
    for case in sys.argv[1:]:
        power_results.write(file_of(case), powers(compute(load_case(case)), case))


if __name__ == "__main__":
    main()
