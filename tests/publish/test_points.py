"""Points that figures tell in numbers, held against the data that their specifications draw."""

from __future__ import annotations

import pytest

from analysis.publish.errors import BuildError
from analysis.publish.points import refuse_undrawn

DATA = {
    "curve": [
        {"at": 10, "share": 0.2589, "name": "10 ratings"},
        {"at": 1000, "share": 0.00299, "name": "1,000 ratings"},
    ],
    "names": [{"text": "A curve"}],
}


def figure(row: str, other: str = "| [10]{.drawn} | [25.9]{.drawn} |") -> dict[str, object]:
    """A figure that tells points, one of them this, in both editions."""
    points = {"en": f"| At | Share |\n|:--|:--|\n{other}\n{row}\n", "zh": f"{other}\n"}
    specs = {lang: {"datasets": DATA} for lang in ("en", "zh")}
    return {"kind": "figure", "name": "curve", "notebook": "04-limits", "points": points, "specs": specs}


@pytest.mark.parametrize(
    "row",
    [
        "| [1,000]{.drawn} | [0.30]{.drawn} |",
        "| [1000]{.drawn} | [0]{.drawn} |",
        "| [10]{.drawn} | [26]{.drawn} |",
        "| at [10]{.drawn} cases | [0.26]{.drawn} |",
        "| [10]{.drawn} | no bounds |",
        "| nothing | drawn |",
    ],
)
def test_a_point_is_among_the_data_as_it_is_rounded_or_in_per_cent(row):
    refuse_undrawn([figure(row), {"kind": "table", "name": "tiers"}])


@pytest.mark.parametrize(
    "row",
    [
        "| [10]{.drawn} | [25.8]{.drawn} |",  # another number
        "| [10]{.drawn} | [0.30]{.drawn} |",  # of another row
        "| [11]{.drawn} | [25.9]{.drawn} |",
    ],
)
def test_a_point_that_no_data_have_is_refused(row):
    numbers = ", ".join(part.split("]")[0] for part in row.split("[")[1:])
    with pytest.raises(BuildError) as caught:
        refuse_undrawn([figure(row)])
    place = "notebooks/04-limits.ipynb, figure curve"
    assert str(caught.value) == f"{place}: in 'en' no data drawn have the point {numbers}"


def test_the_end_of_a_bar_may_lie_beyond_the_picture():
    refuse_undrawn([figure("| [10]{.drawn} | [200,000]{.drawn} |")])
    with pytest.raises(BuildError):
        refuse_undrawn([figure("| [11]{.drawn} | [200,000]{.drawn} |")])
