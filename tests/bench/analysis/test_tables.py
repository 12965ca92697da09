import shutil

import pandas as pd
import pytest

from fixtures.runs import write_run
from fixtures.suites import STREWN, TURN
from runbench.analysis.tables import analyse, refresh
from runbench.store.files import read_json
from runbench.store.run import open_run

MODELS = ("baseline", "stn")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("results") / "whole", MODELS, (TURN, STREWN), images=20)


@pytest.fixture
def run(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


def test_metrics_are_those_of_the_stored_rows(whole):
    run, made = open_run(whole), analyse(open_run(whole))
    assert made.problems == ()
    for suite in (TURN, STREWN):
        for model in MODELS:
            shares = run.predictions(suite.name, model).groupby("level")["correct"].mean()
            found = made.metrics.query(f"suite == '{suite.name}' and model == '{model}' and metric == 'accuracy'")
            of_all = found[found["subset"] == "all"].set_index("level")["value"]
            assert of_all.to_dict() == pytest.approx(shares.to_dict())
    assert len(made.summary) == 4
    assert set(made.comparisons["suite"]) == {"turn", "strewn"}
    assert (made.claims["verdict"] == "not tested").all()


def test_tables_that_are_gone_are_made_again_to_the_byte(run):
    derived = open_run(run).files.derived
    before = [path.read_bytes() for path in derived]
    for path in derived:
        path.unlink()
    stored, problems = refresh(open_run(run))
    assert (problems, stored.missing) == ((), ())
    assert [path.read_bytes() for path in derived] == before


def test_the_manifest_notes_the_tables_and_is_left_alone_where_it_has_them(run):
    manifest = run / "manifest.json"
    names = {path.name for path in open_run(run).files.derived}
    assert names < set(read_json(manifest)["files"])
    before = manifest.stat().st_mtime_ns
    refresh(open_run(run))
    assert manifest.stat().st_mtime_ns == before


def test_a_damaged_cell_is_named_and_the_others_are_scored(run):
    damaged = run / "predictions" / "turn" / "stn-seed0.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"X")
    made = analyse(open_run(run))
    (problem,) = made.problems
    assert str(damaged) in problem
    cells = set(made.metrics[["suite", "model"]].itertuples(index=False, name=None))
    assert cells == {("turn", "baseline"), ("strewn", "baseline"), ("strewn", "stn")}


def test_a_run_without_rows_keeps_its_tables(run):
    shutil.rmtree(run / "predictions")
    stored = open_run(run)
    made, problems = refresh(stored)
    assert problems == ()
    pd.testing.assert_frame_equal(made.summary, stored.summary)
    assert not made.summary.empty
