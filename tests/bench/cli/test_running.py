import numpy as np
import pytest

from fixtures.command_runs import NAME, PLUGINS, contents, with_suites
from runbench.cli.main import main
from runbench.store.files import read_csv
from runbench.store.tables import read_predictions

pytestmark = pytest.mark.usefixtures("cheap")


def test_a_run_ends_with_a_table_and_the_paths_of_what_it_wrote(arguments, tmp_path, capsys):
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"tables  {tmp_path / 'results' / NAME}" in out
    assert f"report  {tmp_path / 'reports' / NAME / 'index.html'}" in out
    run = tmp_path / "results" / NAME
    for name in ("metrics.parquet", "summary.csv", "costs.csv", "history.csv", "manifest.json"):
        assert (run / name).is_file()
    summary = read_csv(run / "summary.csv").set_index("model")
    rows = read_predictions(run / "predictions" / "rotation" / "linear-seed0.parquet")
    assert len(rows) == 40 * 24
    upright = rows.query("level == 0")["correct"].mean()
    assert summary.loc["linear", "identity_accuracy"] == pytest.approx(upright, abs=1e-6)
    assert f"{100 * upright:.1f} [" in out
    answers = np.load(run / "introspection" / "rotation" / "linear-seed0.npz")
    samples = np.load(run / "introspection" / "rotation" / "samples.npz")
    shown = rows.set_index(["sample", "level"])["predicted"]
    expected = [[shown[sample, level] for level in samples["levels"]] for sample in samples["sample"]]
    assert answers["predicted"].tolist() == expected


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(arguments, tmp_path, capsys):
    assert main([*arguments, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.count("train 2 epochs; measure") == 2
    assert contents(tmp_path) == {}
    main(arguments)
    capsys.readouterr()
    before = contents(tmp_path)
    assert main([*arguments, "--seeds", "0", "1", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.count("stored already") == 2
    assert out.count("train 2 epochs; measure") == 2
    assert contents(tmp_path) == before


def test_quiet_prints_nothing(arguments, capsys):
    assert main([*arguments, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_broken_plug_in_is_told_by_the_exit_code(arguments, tmp_path, capsys):
    (tmp_path / "broken.py").write_text("import nothing_of_that_name")
    plugins = ["--plugin", str(PLUGINS / "linear.py"), str(tmp_path / "broken.py")]
    assert main([*arguments, *plugins]) == 3
    assert "is broken: ModuleNotFoundError" in capsys.readouterr().err


def test_levels_of_ones_own_are_swept_with_the_identity(arguments, tmp_path, monkeypatch):
    assert main([*arguments, "--levels", "-20", "40"]) == 0
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet")
    assert sorted(rows["level"].unique()) == [-20.0, 0.0, 40.0]


def test_levels_that_make_no_sense_are_refused_before_data_is_loaded(arguments, monkeypatch, capsys):
    monkeypatch.setattr("runbench.pipeline.plan.load_dataset", None)
    assert main([*with_suites(arguments, "scale"), "--levels", "0"]) == 2
    assert "level 0 makes no sense for scale" in capsys.readouterr().err
