import shutil
from dataclasses import replace

import numpy as np

from fixtures.reports import composed
from fixtures.runs import write_introspection, write_run
from fixtures.suites import BREAK, TURN
from runbench.report.suite_tables import tables_of_suites, with_whole_summary
from runbench.report.tables.summary import summary_table
from runbench.store import files
from runbench.store.run import read_run


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
