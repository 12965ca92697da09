"""What a model that always gives the same answer must score, through the whole command line."""

import pytest
import torch
from safetensors.torch import save_file

from runbench.cli.main import main
from runbench.store.tables import read_metrics, read_predictions

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def run(arguments, tmp_path):
    """Return rows and sweep scores of a model that finds three likeliest, then five, whatever it sees."""

    def measure(suite):
        weights = {"network.1.weight": torch.zeros(10, 1600), "network.1.bias": torch.zeros(10)}
        weights["network.1.bias"][[3, 5]] = torch.tensor([2.0, 1.0])
        save_file(weights, tmp_path / "constant.safetensors")
        given = ["--models", "linear", "--weights", f"linear={tmp_path / 'constant.safetensors'}"]
        assert main([arguments[0], suite, *arguments[2:], *given]) == 0
        folder = tmp_path / "results" / f"{suite}-mnist10k-smoke"
        metrics = read_metrics(folder / "metrics.parquet").query("level.isna() and subset == 'all'")
        rows = read_predictions(folder / "predictions" / suite / "linear-seed0.parquet")
        return rows, metrics.set_index("metric")["value"], read_metrics(folder / "metrics.parquet")

    return measure


@pytest.mark.parametrize("suite", ["parts-apart", "parts-halves", "parts-exchange"])
def test_confidence_that_never_changes_tells_nothing_of_broken_objects(run, suite):
    rows, scores, metrics = run(suite)
    assert (rows["predicted"] == 3).all()
    areas = metrics.query("metric == 'intact_auroc' and subset == 'all'")
    assert len(areas) == rows["level"].nunique() - 1
    assert (areas[["value", "low", "high"]] == 0.5).all(axis=None)
    assert scores["mean_intact_auroc"] == 0.5
    assert scores["area_under_curve"] == pytest.approx((rows["label"] == 3).mean(), abs=1e-6)


def test_a_pair_that_is_always_the_same_is_consistent_and_worth_its_classes_shares(run):
    rows, scores, _ = run("overlap")
    assert set(zip(rows["predicted"], rows["predicted_2"], strict=True)) == {(3, 5)}
    found = rows[["label", "label_2"]].isin([3, 5]).sum(axis=1)
    assert scores["mean_digit_recall"] == pytest.approx(found.mean() / 2, abs=1e-6)
    assert scores["mean_accuracy"] == pytest.approx((found == 2).mean(), abs=1e-6)
    assert scores["mean_consistency"] == 1
    assert scores["flip_probability"] == 0
