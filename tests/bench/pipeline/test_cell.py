"""A model is trained, loaded or given, and its cell leaves what it was asked for."""

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from fixtures.command_runs import NAME, with_suites
from runbench.cli.main import main
from runbench.store.folders import RunFolder
from runbench.store.manifest import read_manifest
from runbench.store.tables import read_metrics, read_predictions

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.mark.slow
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


@pytest.mark.slow
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
