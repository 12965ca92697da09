import pytest

from fixtures.pages import elements, text_of
from fixtures.reports import composed
from fixtures.runs import manifest, write_run
from fixtures.suites import SHIFT, TURN
from fixtures.synthetic_features import response_rows, write_features
from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.report.writing import write_report
from runbench.store import files
from runbench.store.run import read_run


def test_several_suites_and_seeds(tmp_path):
    run = write_run(tmp_path / "many", models=("baseline", "stn"), suites=(TURN, SHIFT), seeds=(0, 1), images=20)
    turn, shift = composed(run).sections
    assert (turn.suite, shift.suite) == (TURN, SHIFT)
    for section in (turn, shift):
        assert "training seeds 0 and 1" in section.ran
        assert "means over up to 2 training seeds" in section.scope
        assert "\N{PLUS-MINUS SIGN}" in section.summary.rows[0][1].detail
        assert "from the lowest to the highest seed" in section.figures[0].caption
    drawn = {shown.name for section in (turn, shift) for shown in section.figures}
    assert {"turn-accuracy", "turn-accuracy-circle", "shift-accuracy"} <= drawn
    assert "shift-accuracy-circle" not in drawn


def names_of(section):
    return [shown.name.removeprefix(f"{section.suite.name}-") for shown in section.figures]


def test_each_kind_of_suite_shows_what_makes_sense_for_it(kinds):
    parts, pairs, pairs_set = composed(kinds).sections
    assert {"accuracy", "samples", "intact-auroc", "orbit", "consistency", "calibration"} <= set(names_of(parts))
    assert {"accuracy", "digit-recall", "samples", "orbit", "consistency"} <= set(names_of(pairs))
    assert names_of(pairs_set) == ["accuracy", "attained", "samples", "differences", "costs", "training"]
    assert not {"intact-auroc", "attained"} & set(names_of(pairs))
    assert not {"digit-recall", "attained"} & set(names_of(parts))


def test_titles_name_what_counts_as_right(kinds):
    parts, pairs, pairs_set = composed(kinds).sections
    assert [section.figures[0].title for section in (parts, pairs, pairs_set)] == [
        "Accuracy against share of pieces moved",
        "Exact match against overlap",
        "Exact match and recall per digit on the set",
    ]
    assert pairs.summary.heading[1:3] == ("exact match at the identity", "mean exact match")
    assert pairs_set.summary.heading[1:3] == ("exact match on the set", "recall per digit")
    assert "intact or not: AUROC" in parts.summary.heading
    assert "levels of overlap (share) from 0 to 0.6" in pairs.ran
    assert "level" not in pairs_set.ran


@pytest.mark.slow
def test_note_and_group_stand_with_the_suite(kinds_report):
    for page in ("index.html", "report.md"):
        text = text_of(kinds_report / page)
        assert "pieces &lt;move" in text
        assert "Group: pieces." in text


def test_a_suite_that_neither_the_manifest_nor_this_version_knows(small):
    described = files.read_json(small / "manifest.json")
    files.write_json(small / "manifest.json", described | {"suites": {}})
    page = composed(small)
    assert [section.suite.name for section in page.sections] == ["turn"]
    assert "turn-accuracy" in {shown.name for shown in page.sections[0].figures}


@pytest.mark.parametrize("name", ["metrics.parquet", "costs.csv", "history.csv", "manifest.json"])
def test_an_absent_file_is_named(small, name):
    (small / name).unlink()
    assert read_run(small).missing == (f"{name} is not there.",)


def test_a_summary_alone_is_a_report(small):
    for path in (*small.glob("[!s]*.csv"), small / "manifest.json"):
        path.unlink()
    section = composed(small).sections[0]
    assert section.summary is not None
    assert section.findings
    assert {"turn-orbit", "turn-consistency"} <= {shown.name for shown in section.figures}


def test_an_absent_summary_is_made_from_the_metrics(small):
    expected = composed(small).sections[0].summary
    (small / "summary.csv").unlink()
    assert read_run(small).missing == ()
    assert composed(small).sections[0].summary == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", ["metrics.parquet", "costs.csv", "history.csv", "summary.csv", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe" * 50, b"some,other\n1,2\n", b"[]"])
def test_a_file_of_other_content_is_left_out_and_named(small, name, content):
    (small / name).write_bytes(content)
    stored = read_run(small)
    assert len(stored.missing) == 1
    assert stored.missing[0].startswith(name)


@pytest.mark.parametrize("name", ["metrics.parquet", "costs.csv", "history.csv", "summary.csv"])
def test_a_cut_file_is_survived(small, name):
    content = (small / name).read_bytes()
    (small / name).write_bytes(content[: len(content) // 3])
    assert composed(small).sections


def test_a_column_of_words_where_numbers_belong(small):
    costs = files.read_csv(small / "costs.csv")
    files.write_csv(small / "costs.csv", costs.assign(value="much"))
    assert read_run(small).missing == ("costs.csv is left out: value should be numbers.",)


@pytest.mark.parametrize("exists", [True, False])
def test_a_report_from_nothing(tmp_path, exists):
    results = tmp_path / "nothing"
    if exists:
        results.mkdir()
    index = write_report(read_run(results), tmp_path / "report")
    assert "metrics.parquet is not there" in text_of(index)
    assert "No suite has been measured yet" in text_of(index)
    assert elements(index)


def test_a_report_from_failed_cells_only(tmp_path):
    states = {
        "rotation/stn-seed0": {"state": "diverged", "reason": "the loss became NaN in epoch 2"},
        "rotation/baseline-seed0": {"state": "timeout"},
    }
    files.write_json(tmp_path / "failed" / "manifest.json", manifest("failed", states))
    page = text_of(write_report(read_run(tmp_path / "failed"), tmp_path / "report"))
    assert "Nothing has been measured" in page
    assert "the loss became NaN in epoch 2" in page
    assert "rotation/baseline-seed0" in page
    assert "no reason given" in page


def test_read_run_of_a_whole_folder_misses_nothing(run):
    stored = read_run(run)
    assert stored.missing == ()
    assert list(stored.suites) == ["rotation"]
    assert stored.name == "demo"


def test_the_glossary_defines_the_features_that_were_measured(tmp_path):
    folder = write_features(tmp_path / "features", ("stn",), (TURN,))
    measured = {row["metric"] for row in response_rows(TURN, "stn")}
    defined = [row[0].detail for row in composed(folder).glossary.rows]
    assert defined == [*prediction_metrics(), *(name for name in feature_metrics() if name in measured)]
    assert measured < set(feature_metrics())
