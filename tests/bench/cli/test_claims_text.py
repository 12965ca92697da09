import pandas as pd
import pytest

from fixtures.claim_worlds import NO_COSTS, NO_FEATURES, decided, predictions
from runbench.analysis.claims.definitions import CLAIMS
from runbench.cli.claims_text import WIDTH, render_statements, render_verdicts
from runbench.errors import DamagedFileError
from runbench.store.files import write_csv
from runbench.store.schemas import CLAIMS as SCHEMA
from runbench.store.tables import read_table

SHARES = {("scale", "stn"): (0.95, 0.95), ("scale", "augmented"): (0.9, 0.9), ("scale", "baseline"): (0.98, 0.5)}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The verdicts of a run of three models on one suite."""
    return decided(predictions(SHARES), NO_FEATURES, NO_COSTS)


@pytest.fixture
def stored(table, tmp_path):
    """The same as a run's folder holds it."""
    write_csv(tmp_path / "claims.csv", table)
    return read_table(tmp_path / "claims.csv", SCHEMA)


def test_statements_say_what_decides_what_is_needed_and_what_was_published():
    text = " ".join(render_statements(CLAIMS.values()).split())
    for claim in CLAIMS.values():
        assert f"{claim.number} {claim.statement}" in text
        assert all(f"{part.decided_by}, {part.bar}" in text for part in claim.parts)
        assert claim.published in text
    assert "needs rotation: stn, augmented; scale: stn, augmented" in text


def test_verdicts_show_effect_interval_margin_and_what_lacks(stored):
    text = render_verdicts(stored)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "4 convolutional networks are not invariant to scale supported" in lines
    assert "+42.67 [" in text
    assert "at least 10 points; 1 seed, 200 images" in " ".join(lines)
    assert "one training seed: these networks" in text
    assert "scale: +5.00 [" in text
    assert "rotation: at least 0.5 points, not tested" in lines
    assert "not run: stn, augmented on rotation" in lines
    assert lines[-1] == "run-bench claims --run --claims 1 2 3 5 6 7 8 9 10 11 12 13"


def test_nothing_is_asked_for_where_nothing_lacks(stored):
    claims = stored
    assert "--run" not in render_verdicts(claims[claims["claim"] == 4])


def test_both_fit_a_terminal_of_100_columns(stored):
    text = f"{render_statements(CLAIMS.values())}\n{render_verdicts(stored)}"
    assert max(map(len, text.splitlines())) <= WIDTH == 100


def test_a_table_of_claims_survives_being_stored(table, stored):
    pd.testing.assert_frame_equal(stored, table, check_dtype=False, rtol=1e-8)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda table: table.drop(columns=["verdict"]), "lacks the columns verdict"),
        (lambda table: table.assign(effect="much"), "effect should be numbers"),
    ],
)
def test_a_damaged_table_is_told(table, tmp_path, damage, said):
    write_csv(tmp_path / "claims.csv", damage(table))
    with pytest.raises(DamagedFileError, match=said):
        read_table(tmp_path / "claims.csv", SCHEMA)


def test_a_unit_that_is_not_known_is_written_by_its_name(stored):
    assert " furlongs" in render_verdicts(stored.assign(unit="furlongs"))
