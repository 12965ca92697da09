import pytest

from fixtures.claim_worlds import NO_COSTS, NO_FEATURES, decided, predictions
from fixtures.pages import elements, text_of
from fixtures.runs import unguarded, write_run
from fixtures.suites import SHIFT, TURN
from runbench.analysis.claims.definitions import CLAIMS
from runbench.report.tables.claims import verdicts
from runbench.report.writing import write_report
from runbench.store.files import write_csv
from runbench.store.run import read_run

pytestmark = pytest.mark.slow

SHARES = {("scale", "stn"): (0.95, 0.95), ("scale", "augmented"): (0.9, 0.9), ("scale", "baseline"): (0.9, 0.5)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with verdicts of three models on one suite."""
    folder = write_run(
        tmp_path_factory.mktemp("results") / "demo", models=("stn",), suites=(TURN, SHIFT), images=20
    )
    write_csv(unguarded(folder) / "claims.csv", decided(predictions(SHARES), NO_FEATURES, NO_COSTS))
    return folder


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    return write_report(read_run(run), tmp_path_factory.mktemp("reports") / "demo").parent


@pytest.fixture
def shown(run):
    return verdicts(read_run(run).claims)


def test_the_first_page_holds_the_claims_above_the_overview(report):
    page, markdown = text_of(report / "index.html"), text_of(report / "report.md")
    assert page.index('<section id="claims">') < page.index('<section id="overview">')
    assert ("a", {"href": "#claims"}) in elements(report / "index.html")
    assert markdown.index("## Claims") < markdown.index("## Overview")
    for text in (page, markdown):
        assert "7. a spatial transformer makes a network invariant to rotation and scale" in text
        assert "Esteves et al. 2018" in text
        assert "these networks only" in text
        assert "not run: baseline, cnn-stride on translation" in text
        assert "run-bench claims --run --claims 1 2 3 5" in text


def test_a_row_says_claim_verdict_margin_effect_and_what_it_rests_on(shown):
    rows = {(row[0].text.partition(".")[0], row[0].detail): row[1:] for row in shown.table.rows}
    assert set(rows) == {("4", ""), ("5", "scale, accuracy"), ("5", "scale, consistency"), ("7", "scale")}
    verdict, decided, effect, basis = rows["7", "scale"]
    assert (verdict.text, verdict.detail) == ("undecided", "this part: supported")
    assert decided.detail == "at least 0.5 points"
    assert effect.text == "+5.00 points"
    assert effect.detail.startswith("[+")
    assert (basis.text, basis.detail) == ("200 images, 1 training seed", "one training seed: these networks")
    verdict, *_ = rows["4", ""]
    assert (verdict.text, verdict.detail) == ("supported", "")


def test_what_was_not_tested_is_listed_with_what_it_lacks(shown):
    assert len(shown.untested) + len(shown.table.rows) == sum(len(claim.parts) for claim in CLAIMS.values())
    claim = "7. a spatial transformer makes a network invariant to rotation and scale"
    assert f"{claim} (rotation): not run: stn, augmented on rotation" in shown.untested


def test_losses_carry_a_minus_sign():
    worse = {("scale", "stn"): (0.5, 0.5), ("scale", "augmented"): (0.9, 0.9)}
    table = decided(predictions(worse), NO_FEATURES, NO_COSTS, [CLAIMS[7]])
    (row,) = verdicts(table.fillna({"note": ""})).table.rows
    assert row[3].text == "\N{MINUS SIGN}40.00 points"
    assert row[3].detail.startswith("[\N{MINUS SIGN}4")
    assert row[1].text == "refuted"


def test_a_run_without_claims_has_no_such_section_and_lacks_nothing(tmp_path):
    claims = read_run(tmp_path).claims
    assert claims.empty
    assert not any("claims" in line for line in read_run(tmp_path).missing)
    assert verdicts(claims) is None


def test_damaged_claims_are_left_out_and_named(tmp_path):
    (tmp_path / "claims.csv").write_text("claim,part\n1,\n")
    run = read_run(tmp_path)
    assert run.claims.empty
    (line,) = (line for line in run.missing if "claims" in line)
    assert line.startswith("claims.csv is left out: it lacks the columns")
