import re

import numpy as np
import pytest

from fixtures.blocking import run_without
from fixtures.claim_worlds import cell, decided, predictions, row
from fixtures.runs import manifest
from runbench.analysis.tables import analyse
from runbench.cli.main import main
from runbench.pipeline.configuration import cells
from runbench.store.files import read_csv, sha256, write_csv, write_json
from runbench.store.folders import RunFolder
from runbench.store.manifest import read_manifest
from runbench.store.run import read_run
from runbench.store.tables import write_features, write_predictions

HEAVY = ["torch", "torchvision", "kornia", "pandas", "seaborn", "matplotlib", "numpy"]

NEEDED = {
    "translation": {"baseline", "cnn-stride"},
    "rotation": {
        "baseline", "augmented", "stn", "capsnet", "capsnet-augmented", "capsnet-uniform-augmented",
    },
    "scale": {"baseline", "augmented", "stn", "capsnet", "capsnet-augmented"},
    "affine": {"capsnet-augmented", "capsnet-uniform-augmented"},
    "parts-apart": {"baseline", "augmented", "capsnet-augmented"},
    "parts-halves": {"augmented", "capsnet-augmented"},
    "parts-exchange": {"baseline", "augmented", "capsnet-augmented"},
    "overlap": {"augmented", "capsnet-augmented", "capsnet-uniform-augmented"},
}  # fmt: skip


@pytest.fixture
def folders(tmp_path):
    return ["--output", str(tmp_path / "results"), "--reports", str(tmp_path / "reports")]


def listed(out):
    """Return the cells that a dry run lists."""
    return set(re.findall(r"^  (\S+-seed\d+) ", out, flags=re.MULTILINE))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [(0,), (0, 4)])
def test_a_dry_run_lists_exactly_the_cells_that_the_claims_need(folders, tmp_path, capsys, monkeypatch, seeds):
    monkeypatch.setattr("runbench.pipeline.estimate._time_batches", lambda plan, planned: (0.0, 0.0))
    words = ["claims", "--run", "--preset", "smoke", "--seeds", *map(str, seeds), "--dry-run", *folders]
    assert main(words) == 0
    out = capsys.readouterr().out
    expected = {f"{suite}/{model}-seed{seed}" for suite in NEEDED for model in NEEDED[suite] for seed in seeds}
    assert listed(out) == expected
    assert out.startswith("run claims-mnist10k-smoke: ")
    assert not (tmp_path / "results").exists()


def test_of_some_claims_only_their_cells_are_listed(folders, capsys, monkeypatch):
    monkeypatch.setattr("runbench.pipeline.estimate._time_batches", lambda plan, planned: (0.0, 0.0))
    words = ["claims", "mine", "--run", "--claims", "2", "3", "--preset", "smoke", "--dry-run", *folders]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert listed(out) == {
        "translation/baseline-seed0", "translation/cnn-stride-seed0", "rotation/baseline-seed0",
    }  # fmt: skip
    assert out.startswith("run mine: ")


def test_suites_without_models_of_their_own_have_all(configuration):
    assert [one.address for one in cells(configuration)] == [
        "rotation/linear-seed0",
        "rotation/linear-augmented-seed0",
    ]


def write_cell(folder, suite, model, shares, *rows):
    """Write what a run stores of one cell: predictions, and measures of features."""
    frame = cell(suite, model, shares)
    columns = {name: frame[name].to_numpy() for name in ("level", "sample", "label", "predicted", "confidence")}
    columns |= {
        name: frame[name].to_numpy() for name in ("attained", "correct", "finite", "ambiguous", "in_range")
    }
    columns |= {name: str(frame[name].iloc[0]) for name in ("suite", "task", "model", "architecture", "regime")}
    columns |= {"seed": 0, "label_2": None, "predicted_2": None}
    address = f"{suite}/{model}-seed0"
    path = folder / "predictions" / f"{address}.parquet"
    write_predictions(path, columns | {"probabilities": np.stack(frame["probabilities"])})
    write_features(folder / "features" / f"{address}.parquet", rows)
    return {address: {"state": "done", "files": {path.relative_to(folder).as_posix(): sha256(path)}}}


def test_verdicts_come_from_predictions_and_from_measures_of_features(tmp_path):
    folder = tmp_path / "stored"
    states = write_cell(folder, "scale", "baseline", (0.9, 0.5))
    states |= write_cell(
        folder, "scale", "stn", (0.9, 0.9), row("scale", "stn", "recovered_correlation", None, 0.5)
    )
    write_json(folder / "manifest.json", manifest("stored", states))
    table = analyse(read_run(folder)).claims.query("verdict != 'not tested'").set_index("claim")
    assert table["verdict"].to_dict() == {4: "supported", 8: "refuted"}
    assert table.loc[8, "effect"] == pytest.approx(0.5)
    assert table.loc[8, "part"] == "log scale"
    # A damaged file costs the claims that rest on it, and is named
    damaged = folder / "features" / "scale" / "stn-seed0.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-50])
    tables = analyse(read_run(folder))
    (problem,) = tables.problems
    assert str(damaged) in problem
    tested = tables.claims.query("verdict != 'not tested'")
    assert tested["claim"].tolist() == [4]


@pytest.mark.usefixtures("cheap")
def test_a_run_of_claims_ends_with_their_verdicts(folders, tmp_path, capsys):
    words = ["claims", "--run", "--claims", "6", "--preset", "smoke", "--limit", "20", "--threads", "1", *folders]
    assert main([*words, "--device", "cpu"]) == 0
    folder = tmp_path / "results" / "claims-mnist10k-smoke"
    done = {
        address for address, state in read_manifest(RunFolder(folder))["cells"].items() if state["state"] == "done"
    }
    assert done == {"parts-apart/baseline-seed0", "parts-exchange/baseline-seed0"}
    table = read_csv(folder / "claims.csv")
    assert sorted(set(table["claim"])) == list(range(1, 14))
    assert set(table.loc[table["claim"] != 6, "verdict"]) == {"not tested"}
    assert "not tested" not in set(table.loc[table["claim"] == 6, "verdict"])
    out = capsys.readouterr().out
    assert f"presence more than arrangement{' ' * 4}" in out
    assert out.index("report  ") < out.index("displacement: ")
    # The same command, shown again from what is stored
    assert main(["claims", folder.name, "--claims", "6", "--output", str(tmp_path / "results")]) == 0
    assert capsys.readouterr().out in out


def test_a_run_without_rows_per_image_keeps_the_verdicts_that_came_with_it(tmp_path, capsys):
    folder = tmp_path / "given"
    write_json(folder / "manifest.json", manifest("given", {"rotation/baseline-seed0": {"state": "done"}}))
    write_csv(folder / "claims.csv", decided(predictions({("scale", "baseline"): (0.9, 0.5)})))
    before = (folder / "claims.csv").read_bytes()
    assert main(["claims", "given", "--claims", "4", "--output", str(tmp_path)]) == 0
    assert "supported" in capsys.readouterr().out
    assert (folder / "claims.csv").read_bytes() == before


def test_a_run_without_rows_per_image_and_verdicts_is_refused(tmp_path, capsys):
    write_json(tmp_path / "bare" / "manifest.json", manifest("bare", {}))
    assert main(["claims", "bare", "--output", str(tmp_path)]) == 2
    assert "stored without its rows per image" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["claims"], 0, ""),
        (["claims", "--claims", "2", "13"], 0, ""),
        (["claims", "--claims", "14"], 2, "there is no claim 14; there are 1 to 13"),
        (["claims", "--run", "--claims", "0"], 2, "there is no claim 0; there are 1 to 13"),
        (["claims", "nothing"], 2, "there is no run 'nothing'"),
        (["claims", "--clams", "2"], 2, "did you mean --claims"),
    ],
)
def test_answers_that_need_no_numbers_come_without_what_reads_them(words, code, said):
    done = run_without(HEAVY, words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == (1 if code else 0)
    assert bool(done.stdout) is (code == 0)
