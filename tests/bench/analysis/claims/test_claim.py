from itertools import product

import pandas as pd
import pytest

from runbench.analysis.claims import claim
from runbench.analysis.claims.claim import CORRELATION, PERCENT, POINTS, RELATIVE_ERROR, UNITS
from runbench.analysis.claims.definitions import CLAIMS


@pytest.mark.parametrize("direction", ["at least", "at most"])
@pytest.mark.parametrize(("low", "high"), [(0.0, 0.5), (0.5, 1.0), (0.5, 0.5), (0.4, 0.6), (0.6, 0.9), (0.1, 0.4)])
def test_a_verdict_is_that_of_every_number_in_the_interval(low, high, direction):
    margin = 0.5
    numbers = [low, (low + high) / 2, high]
    meets = [number >= margin if direction == "at least" else number <= margin for number in numbers]
    expected = "supported" if all(meets) else "undecided" if any(meets) else "refuted"
    assert claim.verdict_of(low, high, direction, margin) == expected


def test_an_interval_without_bounds_decides_nothing():
    assert claim.verdict_of(float("nan"), float("nan"), "at least", 0.5) == "undecided"


@pytest.mark.parametrize("parts", list(product(["supported", "refuted", "undecided", "not tested"], repeat=2)))
def test_all_parts_must_support_a_claim_and_one_refutes_it(parts):
    found = claim.joint_verdict(parts)
    assert (found == "supported") == (parts == ("supported", "supported"))
    assert (found == "refuted") == ("refuted" in parts)
    assert (found == "not tested") == (parts == ("not tested", "not tested"))


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        (POINTS, "+1.23 [-0.50, +4.00]"),
        (PERCENT, "1.23 [-0.50, 4.00]"),
        (RELATIVE_ERROR, "1.2e+00 [-5.0e-01, 4.0e+00]"),
        (CORRELATION, "1.234 [-0.500, 4.000]"),
        (claim.unit_named("furlongs"), "1.234 [-0.5, 4]"),
    ],
)
def test_an_effect_is_written_in_its_unit(unit, written):
    assert claim.write_effect(1.2344, -0.5, 4, unit) == written


@pytest.mark.parametrize("part", [part for one in CLAIMS.values() for part in one.parts])
def test_a_part_says_its_margin_and_its_unit_is_found_again_by_its_name(part):
    assert part.bar.startswith(f"{part.direction} {part.margin:g}")
    assert claim.unit_named(part.unit.name) is part.unit
    assert part.unit in UNITS.values()


@pytest.mark.parametrize("one", CLAIMS.values(), ids=lambda one: f"claim {one.number}")
def test_what_must_be_run_is_what_the_terms_name_each_once(one):
    named = {(term.suite, term.model) for part in one.parts for term in part.effect.terms}
    assert set(one.suite_models) == named
    assert len(one.suite_models) == len(named)


def test_claims_that_were_not_tested_are_run_by_a_command():
    table = pd.DataFrame({"claim": [5, 5, 2, 3], "verdict": ["not tested", "refuted", "not tested", "supported"]})
    assert claim.untested(table) == [2, 5]
    assert claim.run_command([2, 5], "bench").split() == ["bench", "claims", "--run", "--claims", "2", "5"]
