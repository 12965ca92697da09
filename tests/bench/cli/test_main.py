import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from fixtures.blocking import run_without
from runbench.cli.main import main
from runbench.store.files import read_csv
from runbench.store.manifest import held, read_manifest
from runbench.store.run_folder import RunFolder
from runbench.store.tables import read_metrics, read_predictions

ROOT = Path(__file__).parents[3]
PLUGINS = Path(__file__).parents[2] / "fixtures" / "plugins"
NAME = "rotation-mnist10k-smoke"


pytestmark = pytest.mark.usefixtures("cheap")


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def states(tmp_path):
    return {
        address: cell["state"]
        for address, cell in read_manifest(RunFolder(tmp_path / "results" / NAME))["cells"].items()
    }


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


@pytest.mark.slow
def test_models_and_seeds_extend_a_run(arguments, tmp_path):
    first = [
        *arguments[: arguments.index("--models")],
        "--models",
        "linear",
        *arguments[arguments.index("--output") :],
    ]
    main(first)
    before = contents(tmp_path / "results" / NAME / "predictions")
    assert main([*arguments, "--seeds", "0", "4"]) == 0
    after = contents(tmp_path / "results" / NAME / "predictions")
    assert {name.rpartition("/")[2] for name in after} == {
        "linear-seed0.parquet", "linear-augmented-seed0.parquet",
        "linear-seed4.parquet", "linear-augmented-seed4.parquet",
    }  # fmt: skip
    assert all(after[name] == content for name, content in before.items())


def test_another_configuration_is_a_conflict_until_it_overwrites(arguments, tmp_path, capsys):
    main(arguments)
    before = contents(tmp_path / "results" / NAME)
    other = [*arguments, "--limit", "20"]
    assert main(other) == 4
    assert "limit is 40 there and 20 now" in capsys.readouterr().err
    assert contents(tmp_path / "results" / NAME).keys() == before.keys()
    assert main([*other, "--overwrite"]) == 0
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet")
    assert rows["sample"].nunique() == 20
    # the first twenty of the same test images
    assert rows.query("level == 0")["label"].tolist() == labels_of(before)[:20]


def labels_of(run):
    import io

    import pandas as pd

    rows = pd.read_parquet(io.BytesIO(run["predictions/rotation/linear-seed0.parquet"]))
    return rows.query("level == 0")["label"].tolist()


def test_two_runs_from_nothing_give_the_same_tables_byte_for_byte(arguments, tmp_path):
    main(arguments)
    again = [word.replace(str(tmp_path / "results"), str(tmp_path / "again")) for word in arguments]
    # another batch size and order change no test image, and here no number either
    assert main([*again, "--batch-size", "40"]) == 0
    for name in ("metrics.parquet", "history.csv"):
        first, second = (tmp_path / kind / NAME / name for kind in ("results", "again"))
        assert first.read_bytes() == second.read_bytes()


def test_a_damaged_table_is_made_again_without_training(arguments, tmp_path, monkeypatch):
    main(arguments)
    table = tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:-100])
    monkeypatch.setattr("runbench.pipeline.cell.train", None)
    assert main(arguments) == 0
    assert table.read_bytes() == whole


@pytest.mark.slow
def test_a_damaged_checkpoint_is_trained_again_to_the_same_weights(arguments, tmp_path):
    main(arguments)
    (weights, *_) = (tmp_path / "results" / "checkpoints").glob("*.safetensors")
    whole = weights.read_bytes()
    damaged = bytearray(whole)
    damaged[-1] ^= 1
    weights.write_bytes(damaged)
    assert main([*arguments, "--overwrite"]) == 0
    assert weights.read_bytes() == whole
    assert weights.with_name(f"{weights.name}.corrupt").read_bytes() == damaged


def test_cells_that_fail_are_named_and_the_others_run(arguments, tmp_path, capsys):
    models = ["--models", "linear", "diverging", "forgetful", "misshapen", "writing", "wide"]
    words = [*arguments, "--plugin", str(PLUGINS / "linear.py"), str(PLUGINS / "troubled.py"), *models]
    assert main(words) == 3
    assert states(tmp_path) == {
        "rotation/linear-seed0": "done",
        "rotation/diverging-seed0": "diverged",
        "rotation/forgetful-seed0": "done",
        "rotation/misshapen-seed0": "failed",
        "rotation/writing-seed0": "failed",
        "rotation/wide-seed0": "failed",
    }
    out = capsys.readouterr().out
    assert "the training loss is nan in epoch 1" in out
    assert "the model writes into its input" in out
    assert "scores of shape (40, 12), not (40, 10)" in out
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "forgetful-seed0.parquet")
    broken = rows.query("not finite")
    assert len(broken) == len(rows) / 2
    assert not broken["correct"].any()
    assert (broken["predicted"] == -1).all()


def test_given_weights_are_measured_instead_of_trained(arguments, tmp_path, capsys, monkeypatch):
    # a model that always answers "three"
    weights = {"network.1.weight": torch.zeros(10, 784), "network.1.bias": torch.eye(10)[3]}
    save_file(weights, tmp_path / "mine.safetensors")
    monkeypatch.setattr("runbench.pipeline.cell.train", None)
    words = [*arguments, "--models", "linear", "--weights", f"linear={tmp_path / 'mine.safetensors'}"]
    assert main(words) == 0
    assert "weights of mine.safetensors" in capsys.readouterr().out
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet")
    assert (rows["predicted"] == 3).all()
    # a constant model is perfectly consistent, and worth its class's share: the ruler must say both
    stored = read_metrics(tmp_path / "results" / NAME / "metrics.parquet")
    metrics = stored.query("level.isna() and subset == 'all'")
    scores = metrics.set_index("metric")["value"]
    share = (rows["label"] == 3).mean()
    for name in ("mean_accuracy", "area_under_curve", "worst_orbit_accuracy", "best_orbit_accuracy"):
        assert scores[name] == pytest.approx(share, abs=1e-6), name
    assert scores["mean_consistency"] == 1
    assert scores["flip_probability"] == 0
    assert "mean_kappa" not in scores


def test_weights_of_another_shape_fail_before_work_starts(arguments, tmp_path, capsys):
    save_file({"network.1.weight": torch.zeros(10, 7)}, tmp_path / "mine.safetensors")
    words = [*arguments, "--models", "linear", "--weights", f"linear={tmp_path / 'mine.safetensors'}"]
    assert main(words) == 5
    assert "do not fit the model" in capsys.readouterr().err
    assert not (tmp_path / "results" / NAME / "manifest.json").exists()


def test_nothing_is_overwritten_before_the_new_run_can_start(arguments, tmp_path):
    main(arguments)
    before = contents(tmp_path / "results")
    for refused in (["--device", "cuda:99"], ["--dataset", "kmnist", "--data", str(tmp_path / "file" / "x")]):
        (tmp_path / "file").touch()
        assert main([*arguments, *refused, "--name", NAME, "--overwrite"]) == 5
        assert contents(tmp_path / "results") == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["manifest.json", "costs.csv", "history.csv"])
@pytest.mark.parametrize("damage", [lambda _: b"", lambda content: content[: len(content) // 2]])
def test_damage_never_ends_in_a_traceback(arguments, tmp_path, capsys, name, damage):
    main(arguments)
    file = tmp_path / "results" / NAME / name
    file.write_bytes(damage(file.read_bytes()))
    code = main([*arguments, "--seeds", "0", "1"])
    assert code == (5 if name == "manifest.json" else 0)
    assert "Traceback" not in capsys.readouterr().err


def test_a_broken_plug_in_is_told_by_the_exit_code(arguments, tmp_path, capsys):
    (tmp_path / "broken.py").write_text("import nothing_of_that_name")
    plugins = ["--plugin", str(PLUGINS / "linear.py"), str(tmp_path / "broken.py")]
    assert main([*arguments, *plugins]) == 3
    assert "is broken: ModuleNotFoundError" in capsys.readouterr().err


def test_options_in_front_of_a_command_count(arguments, tmp_path, capsys):
    main(arguments)
    (tmp_path / "results" / "checkpoints" / "lost.json").touch()
    capsys.readouterr()
    assert main(["--output", str(tmp_path / "results"), "--quiet", "clean"]) == 0
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "results" / "checkpoints" / "lost.json").exists()


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


@pytest.mark.slow
def test_training_in_bf16_is_a_run_of_its_own(arguments, tmp_path, capsys):
    assert main([*arguments, "--precision", "bf16"]) == 0
    bf16 = contents(tmp_path / "results" / "checkpoints")
    assert main(arguments) == 4
    assert "precision is bf16 there and fp32 now" in capsys.readouterr().err
    assert main([*arguments, "--name", "fp32"]) == 0
    assert len(contents(tmp_path / "results" / "checkpoints")) == 2 * len(bf16)


def test_quiet_prints_nothing(arguments, capsys):
    assert main([*arguments, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_an_interrupted_run_goes_on_to_the_same_tables(arguments, tmp_path, monkeypatch):
    main(arguments)
    expected = contents(tmp_path / "results" / NAME)
    elsewhere = [word.replace(str(tmp_path / "results"), str(tmp_path / "other")) for word in arguments]

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("runbench.evaluation.evaluation.sweep", interrupt)
        assert main(elsewhere) == 130
    manifest = read_manifest(RunFolder(tmp_path / "other" / NAME))
    assert {cell["state"] for cell in manifest["cells"].values()} == {"missing"}
    assert main(elsewhere) == 0
    assert contents(tmp_path / "other" / NAME)["metrics.parquet"] == expected["metrics.parquet"]


def test_a_full_disk_ends_the_run_and_names_the_path(arguments, tmp_path, monkeypatch, capsys):
    def full(path, columns):
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patched:
        patched.setattr("runbench.store.tables.write_predictions", full)
        assert main(arguments) == 5
    assert "linear-seed0.parquet: No space left on device" in capsys.readouterr().err
    assert main(arguments) == 0


def test_a_run_in_use_is_refused(arguments, tmp_path, capsys):
    (tmp_path / "results").mkdir()
    with held(RunFolder(tmp_path / "results" / NAME)):
        assert main(arguments) == 4
    assert "is in use by process" in capsys.readouterr().err


def test_folders_that_cannot_be_written_are_refused_before_work_starts(arguments, tmp_path, capsys):
    (tmp_path / "results").touch()
    assert main(arguments) == 5
    assert "cannot be written" in capsys.readouterr().err


def test_list_shows_what_there_is(capsys):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    for name in ("rotation", "capsnet-augmented", "emnist-digits"):
        assert name in out
    assert main(["list", "models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in listed["models"]][:2] == ["baseline", "augmented"]


def test_clean_removes_only_checkpoints_that_no_run_uses(arguments, tmp_path, capsys):
    main(arguments)
    checkpoints = tmp_path / "results" / "checkpoints"
    used = contents(checkpoints)
    (checkpoints / f"{'0' * 32}.safetensors").write_bytes(b"x" * 2**20)
    capsys.readouterr()
    assert main(["clean", "--output", str(tmp_path / "results")]) == 0
    assert "1 files removed, 1.0 MiB" in capsys.readouterr().out
    assert contents(checkpoints) == used


def test_report_of_a_run_that_is_not_there_names_those_that_are(tmp_path, capsys):
    assert main(["report", "nothing", "--output", str(tmp_path)]) == 2
    assert "there are: none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["list", "suites"], 0),
        (["list", "models"], 0),
        (["--suite", "rotatoin"], 2),
        (["--suite", "rotation", "--models", "nothing"], 2),
        (["--suite", "rotation", "--limit", "0"], 2),
        ([], 2),
    ],
)
def test_answers_that_need_no_torch_come_without_it(words, code):
    done = run_without(["torch", "torchvision", "kornia", "pandas", "seaborn", "matplotlib", "numpy"], words)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == (1 if code else 0)


def test_everything_is_listed_without_torch_and_pandas():
    done = run_without(["torch", "torchvision", "kornia", "pandas", "seaborn", "matplotlib"], ["list"])
    assert (done.returncode, done.stderr) == (0, "")
    for title in ("suites", "models: convolutional", "datasets", "metrics: predictions", "metrics: features"):
        assert f"{title}\n" in done.stdout


@pytest.mark.slow
def test_termination_ends_with_143_and_keeps_what_is_finished(arguments, tmp_path):
    command = [sys.executable, "run_bench.py", *arguments, "--seeds", *map(str, range(20))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            if "done" in line:
                break
        running.terminate()
        running.stdout.read()
    assert running.returncode == 143
    done = [state for state in states(tmp_path).values() if state == "done"]
    assert 1 <= len(done) < 40


@pytest.mark.slow
def test_killed_while_training_resumes(arguments, tmp_path):
    """Kill -9 at a moment that nobody chose; the tables equal an uninterrupted run's."""
    main(arguments)
    expected = (tmp_path / "results" / NAME / "metrics.parquet").read_bytes()
    elsewhere = [word.replace(str(tmp_path / "results"), str(tmp_path / "other")) for word in arguments]
    with subprocess.Popen(
        [sys.executable, "run_bench.py", *elsewhere], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as running:
        while not list((tmp_path / "other").glob("checkpoints/*")):
            time.sleep(0.01)
        running.kill()
    assert main(elsewhere) == 0
    assert (tmp_path / "other" / NAME / "metrics.parquet").read_bytes() == expected


def test_a_reader_that_goes_away_is_met_with_silence():
    command = f"{sys.executable} run_bench.py list models --json | head -c 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""


def with_suites(arguments, *suites):
    """Return the command line with other suites."""
    return [arguments[0], *suites, *arguments[2:]]


@pytest.mark.slow
def test_several_suites_run_and_clean_models_of_one_canvas_are_trained_once(arguments, tmp_path):
    assert main(with_suites(arguments, "translation", "parts-exchange", "overlap", "stn-tc")) == 0
    run = tmp_path / "results" / "translation-parts-exchange-overlap-stn-tc-mnist10k-smoke"
    cells = read_manifest(RunFolder(run))["cells"]
    assert {cell["state"] for cell in cells.values()} == {"done"}
    keys = {
        model: {
            cells[f"{suite}/{model}-seed0"]["checkpoint"] for suite in ("translation", "parts-exchange", "overlap")
        }
        for model in ("linear", "linear-augmented")
    }
    assert [len(same) for same in keys.values()] == [1, 3]
    assert len(list((tmp_path / "results" / "checkpoints").glob("*.safetensors"))) == 1 + 3 + 2
    summary = read_csv(run / "summary.csv").set_index(["suite", "model"])
    assert summary.loc["overlap", "mean_digit_recall"].notna().all()
    assert summary.loc["parts-exchange", "mean_intact_auroc"].notna().all()
    assert summary.loc["stn-tc", "area_under_curve"].isna().all()
    assert summary.loc["translation", "mean_digit_recall"].isna().all()


def test_pairs_are_stored_with_both_labels_and_the_share_attained(arguments, tmp_path):
    assert main(with_suites(arguments, "overlap")) == 0
    run = tmp_path / "results" / "overlap-mnist10k-smoke"
    rows = read_predictions(run / "predictions" / "overlap" / "linear-augmented-seed0.parquet")
    assert (rows["label"] < rows["label_2"]).all()
    assert (rows["predicted"] < rows["predicted_2"]).all()
    right = (rows["label"] == rows["predicted"]) & (rows["label_2"] == rows["predicted_2"])
    assert (rows["correct"] == right).all()
    assert (rows["attained"] - rows["level"]).abs().mean() < 0.02
    assert rows.groupby("sample")[["label", "label_2"]].nunique().eq(1).all(axis=None)
    answers = np.load(run / "introspection" / "overlap" / "linear-augmented-seed0.npz")
    samples = np.load(run / "introspection" / "overlap" / "samples.npz")
    assert samples["labels"].shape == (10, 2)
    assert answers["predicted"].shape == (10, 9, 2)


def test_a_folder_of_coloured_images_runs_and_what_does_not_suit_it_is_said(arguments, tmp_path, capsys):
    for number, name in enumerate(("red", "green")):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for image in range(12):
            pixels = np.full((20 + image, 30, 3), 20, dtype=np.uint8)
            pixels[..., number] = 200 - image
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{image}.png")
    words = [*with_suites(arguments, "controls", "multimnist"), "--dataset", f"folder:{tmp_path / 'photos'}"]
    assert main(words) == 2
    assert "the suite 'multimnist' makes no sense for folder-photos: two images" in capsys.readouterr().err
    words = [*with_suites(arguments, "translation", "parts"), "--dataset", f"folder:{tmp_path / 'photos'}"]
    assert main(words) == 0
    manifest = read_manifest(RunFolder(tmp_path / "results" / "translation-parts-folder-photos-smoke"))
    assert manifest["data"]["classes"] == ["green", "red"]
    assert {cell["state"] for cell in manifest["cells"].values()} == {"done"}


def test_levels_of_ones_own_are_swept_with_the_identity(arguments, tmp_path, monkeypatch):
    assert main([*arguments, "--levels", "-20", "40"]) == 0
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet")
    assert sorted(rows["level"].unique()) == [-20.0, 0.0, 40.0]


def test_levels_that_make_no_sense_are_refused_before_data_is_loaded(arguments, monkeypatch, capsys):
    monkeypatch.setattr("runbench.pipeline.plan.load_dataset", None)
    assert main([*with_suites(arguments, "scale"), "--levels", "0"]) == 2
    assert "level 0 makes no sense for scale" in capsys.readouterr().err
