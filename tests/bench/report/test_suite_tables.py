import shutil
from dataclasses import replace

import numpy as np
import pytest

from fixtures.reports import composed
from fixtures.runs import write_introspection, write_run
from fixtures.suites import BREAK, TURN
from fixtures.synthetic_features import response_rows, write_features
from runbench.report.layout import lay_out
from runbench.report.suite_tables import tables_of_suites, with_whole_summary
from runbench.report.tables.summary import summary_table
from runbench.store import files
from runbench.store.run import read_run
from runbench.store.tables import write_features as write_feature_rows


def test_each_suite_has_its_own_rows_and_no_others(kinds):
    run = with_whole_summary(read_run(kinds))
    for suite, (tables, lacking) in zip(run.suites.values(), tables_of_suites(run), strict=True):
        assert tables.suite == suite
        assert lacking == ()
        for frame in (tables.metrics, tables.summary, tables.costs, tables.history):
            assert set(frame["suite"]) == {suite.name}
        assert tables.models["model"].tolist() == list(tables.styles) == ["baseline", "stn"]
        assert tables.samples.images.shape[1] == len(suite.levels)


def test_a_column_that_an_older_version_did_not_store_holds_no_number(kinds):
    run = read_run(kinds)
    whole = with_whole_summary(run).summary
    older = with_whole_summary(replace(run, summary=run.summary.drop(columns=["mean_intact_auroc"]))).summary
    assert set(older) == set(whole)
    assert older["mean_intact_auroc"].isna().all()
    assert older["mean_accuracy"].equals(whole["mean_accuracy"])


def test_what_is_drawn_once_is_known_to_later_suites_by_the_first(tmp_path):
    folder = write_run(tmp_path / "two", ("capsnet", "stn"), (TURN, BREAK), images=20)
    run = read_run(write_introspection(folder, (TURN, BREAK)))
    (first, _), (second, _) = tables_of_suites(run)
    assert first.earlier == {}
    assert set(second.earlier.values()) == {"turn"}


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


def test_a_damaged_sample_file_is_named(small):
    files.write_arrays(small / "introspection" / "turn" / "samples.npz", images=np.zeros((1, 2)))
    assert any(
        line.startswith("Suite turn has sample images that are left out: ") for line in composed(small).missing
    )


def test_a_run_of_an_older_version_is_shown_without_what_it_lacks(small):
    summary = files.read_csv(small / "summary.csv")
    older = summary.drop(columns=[name for name in summary if "auroc" in name or "recall" in name])
    files.write_csv(small / "summary.csv", older)
    stored = read_run(small)
    assert stored.missing == ()
    assert composed(small).sections[0].summary == summary_table(summary, TURN)


@pytest.fixture
def inside(tmp_path):
    """A run of two models that hold something inside, with features, which a test may damage."""
    folder = write_run(tmp_path / "inside", ("stn", "capsnet"), (TURN,), images=20)
    write_features(folder, ("stn", "capsnet"), (TURN,))
    return write_introspection(folder, (TURN,))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "array", "lost"),
    [
        ("stn", "attended", ["attended"]),
        ("stn", "watched", ["learning-stn", "theta"]),
        ("capsnet", "dimensions", ["dimensions-capsnet"]),
        ("capsnet", "coupling", ["coupling"]),
        ("capsnet", "reconstruction_by_label", ["reconstructions-capsnet"]),
        ("capsnet", "probabilities", []),
    ],
)
def test_damaged_arrays_are_named_and_the_rest_is_shown(inside, model, array, lost):
    whole = [shown.name for shown in lay_out(composed(inside)).figures]
    path = inside / "introspection" / "turn" / f"{model}-seed0.npz"
    files.write_arrays(path, **files.read_arrays(path) | {array: np.zeros((2, 2))})
    page = composed(inside)
    (said,) = page.missing
    assert said.startswith(f"Suite turn has pictures of {model} that are left out: {array} ")
    left = [shown.name for shown in lay_out(page).figures]
    assert [name for name in whole if name not in left] == [f"turn-{name}" for name in lost]


def of_features(folder):
    """The models of whose features there is something, and what the run lacks."""
    run = read_run(folder)
    ((tables, _),) = tables_of_suites(run)
    return set(tables.features["model"]), run.missing


def test_a_damaged_file_of_features_is_named_and_the_others_are_shown(inside):
    (inside / "features" / "turn" / "stn-seed0.parquet").write_bytes(b"PAR1 cut")
    models, (said,) = of_features(inside)
    assert models == {"capsnet"}
    assert said.startswith("Measures of features are left out: ")
    assert "stn-seed0.parquet" in said


def test_features_that_do_not_say_what_they_are_of_are_left_out(inside):
    rows = [row | {"model": None} for row in response_rows(TURN, "stn")]
    write_feature_rows(inside / "features" / "turn" / "stn-seed0.parquet", rows)
    models, (said,) = of_features(inside)
    assert models == {"capsnet"}
    assert "stn-seed0.parquet does not say what it is of" in said


def test_a_cell_whose_features_could_not_be_measured_costs_only_its_rows(inside):
    write_feature_rows(inside / "features" / "turn" / "stn-seed0.parquet", [])
    assert of_features(inside) == ({"capsnet"}, ())


def test_features_are_shown_without_whole_tables(tmp_path):
    page = composed(write_features(tmp_path / "features", ("stn",), (TURN,)))
    assert "metrics.parquet is not there." in page.missing
    assert "turn-layers-invariance" in {shown.name for shown in lay_out(page).figures}
