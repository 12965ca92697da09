import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fixtures.pages import elements, text_of
from fixtures.synthetic import BREAK, COVER, SHIFT, STREWN, TURN, manifest, write_run
from runbench import plots
from runbench.errors import DamagedFileError
from runbench.formatting import listed, plain, points, quantity, share
from runbench.metrics.registry import prediction_metrics
from runbench.report.findings import findings, scope
from runbench.report.page import RunReport, compose
from runbench.report.tables import summary_table
from runbench.report.writing import escape_markdown, inert, write_report
from runbench.statistics import Estimate
from runbench.store import files
from runbench.store.run import read_run
from runbench.store.tables import read_metrics
from runbench.suites import SUITES

SHOWN = ("baseline", "augmented", "stn")
KNOWN = {suite.name: suite for suite in (SHIFT, TURN, BREAK, COVER, STREWN)}

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> [x](javascript:y) | a\nb"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("results") / "demo", models=SHOWN)


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    index = write_report(read_run(run), tmp_path_factory.mktemp("reports") / "demo")
    assert index.name == "index.html"
    return index.parent


def one_model(folder: Path) -> Path:
    return write_run(folder, models=("stn",), suites=(TURN,), images=20)


@pytest.fixture
def small(tmp_path):
    """A run of one model on few levels, which a test may damage."""
    return one_model(tmp_path / "results" / "small")


@pytest.fixture(scope="module")
def small_report(tmp_path_factory):
    """The report of that run, undamaged."""
    folder = tmp_path_factory.mktemp("small")
    return report_of(one_model(folder / "results" / "small"), folder / "report").parent


def report_of(folder: Path, destination: Path) -> Path:
    return write_report(read_run(folder), destination)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_page_needs_no_other_file(report):
    for tag, attributes in elements(report / "index.html"):
        assert tag not in ("script", "link", "iframe")
        if tag == "img":
            assert attributes["src"].startswith("data:image/svg+xml;base64,")
            assert len(attributes["alt"]) > 40
    assert "http" not in re.sub(r"data:[^\"]+", "", text_of(report / "index.html"))


@pytest.mark.parametrize("page", ["index.html", "report.md"])
def test_links_lead_somewhere(report, page):
    if page == "report.md":
        targets = re.findall(r"\]\(([^)]+)\)", text_of(report / page))
    else:
        found = elements(report / page)
        targets = [attributes["href"] for tag, attributes in found if tag == "a"]
        names = {attributes.get("id") for _, attributes in found}
        assert {target[1:] for target in targets if target.startswith("#")} <= names
    files_named = [target for target in targets if not target.startswith("#")]
    assert len(files_named) > 20
    assert all((report / target).is_file() for target in files_named)


def test_every_figure_has_its_table_and_both_formats(report):
    stems = {suffix: {path.stem for path in report.rglob(f"*.{suffix}")} for suffix in ("svg", "png", "csv")}
    assert stems["svg"] == stems["png"] == stems["csv"]
    kinds = ("accuracy", "accuracy-circle", "samples", "orbit", "consistency", "calibration", "ambiguous", "costs")
    assert {f"rotation-{kind}" for kind in kinds} <= stems["svg"]


def test_what_the_page_holds(report):
    page, markdown = text_of(report / "index.html"), text_of(report / "report.md")
    for text in (page, markdown):
        assert "What happens when the object turns?" in text
        assert "60 test images, 24 levels of rotation angle (degrees) from \N{MINUS SIGN}165 to 180" in text
        assert "python run_bench.py --suite rotation --preset smoke" in text
        assert "these networks" in text
        assert all(score.definition.split(".")[0][:40] in text for score in prediction_metrics().values())
        assert all(model in text for model in SHOWN)
        assert "mnist10k" in text


def test_the_tables_are_the_stored_numbers(run, report):
    metrics = read_metrics(run / "metrics.parquet")
    table = files.read_csv(report / "tables" / "rotation-accuracy.csv")
    expected = metrics[(metrics["metric"] == "accuracy") & (metrics["subset"] == "all")]
    merged = table.merge(expected, on=["model", "level"])
    assert len(merged) == len(SHOWN) * 24
    assert np.allclose(merged["value_x"], merged["value_y"], rtol=1e-8, atol=0)


def test_tables_in_markdown_are_rectangular(report):
    rows = [line for line in text_of(report / "report.md").splitlines() if line.startswith("|")]
    assert len(rows) > 30
    blocks = re.findall(r"(?:^\|.*\n)+", text_of(report / "report.md"), flags=re.MULTILINE)
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block.splitlines()}) == 1


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(small, small_report, tmp_path):
    assert contents(report_of(small, tmp_path / "again").parent) == contents(small_report)


def test_what_no_longer_applies_is_removed_and_the_rest_is_kept(small, small_report, tmp_path):
    destination = tmp_path / "reports" / "small"
    shutil.copytree(small_report, destination)
    assert (destination / "figures" / "turn-samples.svg").exists()
    (destination / "notes.txt").write_text("mine")
    shutil.rmtree(small / "introspection")
    (small / "costs.csv").unlink()
    report_of(small, destination)
    assert not [*destination.rglob("turn-samples*"), *destination.rglob("turn-costs*")]
    assert (destination / "figures" / "turn-accuracy.svg").exists()
    assert (destination / "notes.txt").exists()
    page = text_of(destination / "index.html")
    assert "turn-samples" not in page
    assert "costs.csv is not there" in page
    assert "Suite turn has no sample images" in page
    assert not list(destination.rglob("*.part"))


def composed(folder: Path) -> RunReport:
    """What the report says and draws, before anything is written."""
    with plots.figure_style():
        return compose(read_run(folder))


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


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A run of three kinds of suite: parts and pairs along an axis, and a set of pairs."""
    folder = tmp_path_factory.mktemp("kinds") / "kinds"
    return write_run(folder, models=("baseline", "stn"), suites=(BREAK, COVER, STREWN), images=60)


@pytest.fixture(scope="module")
def kinds_report(kinds, tmp_path_factory):
    return report_of(kinds, tmp_path_factory.mktemp("reports") / "kinds").parent


def names_of(section):
    return [shown.name.removeprefix(f"{section.suite.name}-") for shown in section.figures]


def test_each_kind_of_suite_shows_what_makes_sense_for_it(kinds):
    parts, pairs, pairs_set = composed(kinds).sections
    assert {"accuracy", "samples", "intact-auroc", "orbit", "consistency", "calibration"} <= set(names_of(parts))
    assert {"accuracy", "digit-recall", "samples", "orbit", "consistency"} <= set(names_of(pairs))
    assert names_of(pairs_set) == ["accuracy", "attained", "samples", "costs", "training"]
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


def test_an_auroc_is_not_written_in_percent(kinds):
    section = composed(kinds).sections[0]
    column = section.summary.heading.index("intact or not: AUROC")
    stored = files.read_csv(kinds / "summary.csv").set_index("suite").loc["break"]
    assert [float(row[column].text) for row in section.summary.rows] == pytest.approx(
        stored["mean_intact_auroc"].tolist(), abs=5e-4
    )


def test_attained_overlap_is_shown_with_its_counts(kinds):
    table = composed(kinds).sections[2].figures[1].table
    metrics = read_metrics(kinds / "metrics.parquet")
    of_stn = metrics[(metrics["suite"] == "strewn") & (metrics["model"] == "stn") & metrics["level"].notna()]
    exact = table[(table["model"] == "stn") & (table["title"] == "exact match")]
    expected = of_stn[(of_stn["metric"] == "accuracy") & (of_stn["subset"] != "all")]
    assert exact["value"].tolist() == expected["value"].tolist()
    assert exact["count"].sum() == 60
    assert exact["subset"].tolist() == [name.removeprefix("attained ") for name in expected["subset"]]


def test_pairs_among_the_samples_have_both_labels_and_both_answers(kinds):
    table = composed(kinds).sections[2].figures[2].table
    assert list(table.columns[2:7]) == ["label", "label_2", "level", "predicted", "predicted_2"]
    whole = table[table["predicted"] >= 0].iloc[1:]
    assert (whole["predicted"] <= whole["predicted_2"]).all()


def test_note_and_group_stand_with_the_suite(kinds_report):
    for page in ("index.html", "report.md"):
        text = text_of(kinds_report / page)
        assert "pieces &lt;move" in text
        assert "Group: pieces." in text


def test_the_overview_says_what_stands_in_each_place(kinds, kinds_report):
    overview = composed(kinds).overview
    summary = files.read_csv(kinds / "summary.csv").set_index(["suite", "model"])
    shown = {row[0].text: [cell.text for cell in row[1:]] for row in overview.table.rows}
    assert overview.table.heading == ("suite", "what is shown", "baseline", "stn")
    for suite, column, what in (
        ("break", "area_under_curve", "area under accuracy"),
        ("cover", "area_under_curve", "area under exact match"),
        ("strewn", "mean_accuracy", "exact match on the set"),
    ):
        numbers = [f"{100 * summary.loc[(suite, model), column]:.1f}" for model in ("baseline", "stn")]
        assert shown[suite] == [what, *numbers]
    table = files.read_csv(kinds_report / "tables" / "overview.csv")
    assert table["quantity"].tolist() == ["area under the curve"] * 4 + ["on the set"] * 2
    assert (kinds_report / "figures" / "overview.svg").exists()
    assert text_of(kinds_report / "index.html").index("overview") < text_of(kinds_report / "index.html").index(
        "<h2>"
    )


def test_what_several_suites_lack_is_said_once(tmp_path, kinds):
    folder = tmp_path / "lacking"
    shutil.copytree(kinds, folder)
    (folder / "costs.csv").unlink()
    shutil.rmtree(folder / "introspection" / "cover")
    assert composed(folder).missing == (
        "costs.csv is not there.",
        "Suites break, cover and strewn have no costs.",
        "Suite cover has no sample images.",
    )


def test_one_suite_has_no_overview(small):
    assert composed(small).overview is None


def test_models_that_only_some_suites_have_leave_places_empty(tmp_path, kinds):
    folder = tmp_path / "some"
    shutil.copytree(kinds, folder)
    summary = files.read_csv(folder / "summary.csv")
    files.write_csv(folder / "summary.csv", summary.drop(index=len(summary) - 1))
    overview = composed(folder).overview
    dashes = [
        (row[0].text, place) for row in overview.table.rows for place in (2, 3) if row[place].text == "\N{EN DASH}"
    ]
    assert dashes == [("strewn", 3)]
    with plots.figure_style():
        assert overview.figure.draw().axes


def test_class_names_stand_below_the_samples_unless_they_are_the_numbers(small):
    described = json.loads((small / "manifest.json").read_text())

    def caption(*classes):
        described["data"]["classes"] = list(classes)
        files.write_json(small / "manifest.json", described)
        (section,) = composed(small).sections
        return next(shown.caption for shown in section.figures if shown.name == "turn-samples")

    assert "Classes: 0 T-shirt, 1 trouser." in caption("T-shirt", "trouser")
    assert "Classes" not in caption("0", "1")
    assert "Classes" not in caption()


def test_published_numbers_stand_beside_ours(tmp_path):
    run = write_run(tmp_path / "set", models=("stn",), suites=(SUITES["stn-tc"],), images=40)
    described = json.loads((run / "manifest.json").read_text())
    described["data"] |= {"training_images": 7000, "name": "mnist10k"}
    files.write_json(run / "manifest.json", described)
    (section,) = composed(run).sections
    rows = {row[0].text: row for row in section.published.table.rows}
    assert rows["ST-CNN"][1].text == "1.7"
    assert "grade P" in rows["ST-CNN"][3].detail
    metrics = read_metrics(run / "metrics.parquet")
    (accuracy,) = metrics.loc[(metrics["metric"] == "accuracy") & (metrics["subset"] == "all"), "value"]
    assert float(rows["stn"][1].text) == pytest.approx(100 - 100 * accuracy, abs=0.005)
    assert "augmented regime; 101,500 parameters" in rows["stn"][2].text
    assert "preset smoke, 7,000 training images of mnist10k, trained once" in section.published.differs


def test_a_run_of_an_older_version_is_shown_without_what_it_lacks(small):
    summary = files.read_csv(small / "summary.csv")
    older = summary.drop(columns=[name for name in summary if "auroc" in name or "recall" in name])
    files.write_csv(small / "summary.csv", older)
    stored = read_run(small)
    assert stored.missing == ()
    assert composed(small).sections[0].summary == summary_table(summary, TURN)


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


def test_a_damaged_sample_file_is_named(small):
    files.write_arrays(small / "introspection" / "turn" / "samples.npz", images=np.zeros((1, 2)))
    assert any(
        line.startswith("Suite turn has sample images that are left out: ") for line in composed(small).missing
    )


def test_arrays_of_unequal_shapes_are_refused(small):
    path = small / "introspection" / "turn" / "stn-seed0.npz"
    files.write_arrays(path, predicted=np.zeros((1, 2)), confidence=np.zeros((1, 2)))
    with pytest.raises(DamagedFileError, match="unequal shapes"):
        read_run(small).samples("turn", ["stn"])


def test_the_samples_take_the_lowest_seed_and_the_given_order(tmp_path):
    run = write_run(tmp_path / "run", models=("stn", "baseline"), suites=(TURN,), seeds=(2,), images=20)
    place = run / "introspection" / "turn"
    answers = files.read_arrays(place / "stn-seed2.npz")
    files.write_arrays(place / "stn-seed10.npz", **answers | {"predicted": answers["predicted"] * 0})
    samples = read_run(run).samples("turn", ["stn", "baseline"])
    assert list(samples.predicted) == ["stn", "baseline"]
    assert (samples.predicted["stn"] == answers["predicted"]).all()


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


@pytest.mark.slow
def test_hostile_text_is_shown_and_does_nothing(small, tmp_path):
    described = json.loads((small / "manifest.json").read_text())
    described |= {"name": HOSTILE, "commands": [HOSTILE], "configuration": {HOSTILE: HOSTILE}}
    described["cells"] |= {f"rotation/{HOSTILE}": {"state": "failed", "reason": HOSTILE}}
    files.write_json(small / "manifest.json", described)
    history = files.read_csv(small / "history.csv")
    files.write_csv(small / "history.csv", history.assign(metric=HOSTILE))
    index = report_of(small, tmp_path / "report")
    assert "script" not in {tag for tag, _ in elements(index)}
    assert "&lt;script&gt;" in text_of(index)
    markdown = text_of(tmp_path / "report" / "report.md")
    assert "<script" not in markdown
    assert "[x](" not in markdown
    table = text_of(tmp_path / "report" / "tables" / "turn-training.csv")
    assert "\"'=cmd" in table or ",'=cmd" in table


def test_formulas_are_quoted_and_numbers_are_not():
    frame = pd.DataFrame({"text": ["=1+1", "@x", "plain", None], "number": [-1.0, 2.0, 3.0, 4.0]})
    quoted = inert(frame)
    assert quoted["text"].tolist()[:3] == ["'=1+1", "'@x", "plain"]
    assert quoted["number"].tolist() == [-1, 2, 3, 4]
    assert frame["text"].iloc[0] == "=1+1"


def test_markdown_is_escaped():
    assert escape_markdown("a | <b> & `c`\n[d](e)") == "a \\| &lt;b> &amp; \\`c\\` [d]\\(e)"
    assert escape_markdown(3) == 3


def summary_of(*rows):
    return pd.DataFrame(
        [
            {
                "suite": "rotation",
                "model": model,
                "architecture": architecture,
                "regime": regime,
                "seeds": 1,
                "count": 100,
                "identity_accuracy": 0.98,
                "identity_accuracy_low": 0.97,
                "identity_accuracy_high": 0.99,
                "mean_accuracy": accuracy,
                "mean_accuracy_low": accuracy - 0.01,
                "mean_accuracy_high": accuracy + 0.01,
                "worst_orbit_accuracy": accuracy / 2,
                "mean_clean_correct_consistency": accuracy,
                "throughput": speed,
            }
            for model, architecture, regime, accuracy, speed in rows
        ]
    )


def test_findings_state_numbers_and_intervals():
    sentences = findings(
        summary_of(
            ("plain", "cnn", "clean", 0.5, 1000.0),
            ("taught", "cnn", "augmented", 0.9, 1000.0),
            ("other", "vit", "augmented", 0.905, 250.0),
        ),
        SHIFT,
    )
    text = "\n".join(sentences)
    assert 3 <= len(sentences) <= 6
    assert "other classifies 90.5% [89.5, 91.5] of the images correctly, the most" in text
    assert "plain 50.0% [49.0, 51.0], the fewest" in text
    # Newcombe: sqrt(0.01^2 + 0.01^2) on either side
    assert "of cnn by +40.0 points [+38.6, +41.4]" in text
    lead = "other is ahead of taught by +0.5 points [\N{MINUS SIGN}0.9, +1.9] (undecided)"
    assert f"under the augmented regime {lead}" in text
    assert "a factor of 4.0" in text


def test_findings_of_one_model_compare_nothing():
    text = " ".join(findings(summary_of(("only", "cnn", "clean", 0.5, 10.0)), SHIFT))
    assert "only classifies 50.0%" in text
    assert "regime" not in text
    assert "fewest" not in text


def test_findings_of_no_model_are_none():
    assert findings(summary_of(("a", "b", "clean", 0.5, 1.0)).head(0), SHIFT) == []


def test_findings_of_a_set_of_pairs_speak_of_neither_levels_nor_classes():
    summary = summary_of(("one", "cnn", "clean", 0.6, 9.0), ("two", "vit", "clean", 0.5, 9.0))
    summary = summary.drop(columns=["worst_orbit_accuracy", "mean_clean_correct_consistency"])
    summary = summary.assign(identity_accuracy=np.nan, mean_digit_recall=[0.75, 0.7])
    text = " ".join(findings(summary, STREWN))
    assert "On the set, one finds both digits in 60.0% [59.0, 61.0] of the images, the most; two 50.0%" in text
    assert "in exact match: under the clean regime one is ahead of two by +10.0 points" in text
    assert "Of the single digits one finds 75.0%, two 70.0%." in text
    assert not re.search("level|identity|sweep|accuracy|correctly", text)


def test_findings_say_what_confidence_notices():
    summary = summary_of(("one", "cnn", "clean", 0.6, 9.0), ("two", "vit", "clean", 0.5, 9.0))
    text = " ".join(findings(summary.assign(mean_intact_auroc=[0.52, 0.93]), BREAK))
    assert "with an AUROC of 0.930 in two and of 0.520 in one; at 0.5 it would not notice" in text


def test_findings_of_many_models_compare_the_best_with_the_next_and_the_last():
    rows = [(f"m{place}", f"a{place}", "clean", 0.9 - place / 10, 1.0) for place in range(7)]
    compared = next(line for line in findings(summary_of(*rows), SHIFT) if "regime held fixed" in line)
    assert re.findall(r"of (m\d) by", compared) == ["m1", "m6"]
    assert "the next and the last" in compared


def test_scope_speaks_of_these_networks_only():
    assert "these networks" in scope(summary_of(("a", "b", "clean", 0.5, 1.0)))


def test_wording():
    assert points(Estimate(0.123, 0.1, 0.15)) == "+12.3 points [+10.0, +15.0]"
    assert points(Estimate(-0.0001, float("nan"), float("nan"))) == "0.0 points"
    assert share(Estimate(0.5, float("nan"), float("nan"), 0.012)) == "50.0% \N{PLUS-MINUS SIGN} 1.2"
    assert [quantity(value) for value in (0, 0.1234, 12, 12.345, 1234.6, 2.5e6, 3e9)] == [
        "0", "0.123", "12", "12.3", "1,235", "2.5 million", "3 billion",
    ]  # fmt: skip
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert plain({"a": [1, None], "b": {"c": 0.5}}) == "a: 1, none; b: c: 0.5"


def test_read_run_of_a_whole_folder_misses_nothing(run):
    stored = read_run(run)
    assert stored.missing == ()
    assert list(stored.suites) == ["rotation"]
    assert stored.name == "demo"


@pytest.mark.slow
def test_reporting_works_where_torch_cannot_be_imported(small, tmp_path):
    script = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "torchvision", "kornia", "models", "transforms"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
from runbench.report.writing import write_report
from runbench.store.run import open_run
print(write_report(open_run(sys.argv[1]), sys.argv[2]))
"""
    finished = subprocess.run(
        [sys.executable, "-c", script, str(small), str(tmp_path / "report")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert finished.stdout.strip() == str(tmp_path / "report" / "index.html")
