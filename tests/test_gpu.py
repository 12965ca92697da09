"""What must hold on a CUDA device; skipped where there is none."""

import numpy as np
import pytest
import torch

from runbench.data.loading import Split
from runbench.data.test_images import lay_out
from runbench.data.training_images import TrainingImages
from runbench.evaluation.cost import CostRequest, measure_costs
from runbench.evaluation.features.measure import measure_features
from runbench.evaluation.sweep import sweep
from runbench.models.registry import registered_models
from runbench.progress import silent
from runbench.suites import SUITES
from runbench.training.checkpoints import Checkpoint
from runbench.training.train import build_model, train

pytestmark = pytest.mark.gpu
SUITE = SUITES["rotation"]
COUNT = 128


@pytest.fixture
def split() -> Split:
    source = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (COUNT, 1, 28, 28), dtype=torch.uint8, generator=source)
    return Split(pixels, torch.arange(COUNT) % 10)


NETWORKS = {spec.network: spec for spec in registered_models() if "smoke" in spec.presets}.values()


@pytest.fixture(params=NETWORKS, ids=lambda spec: spec.name)
def spec(request):
    return request.param


def test_a_sweep_agrees_with_the_processor(spec, split):
    images = lay_out(SUITE, "noise", split, None)
    classifier = build_model(spec, 1, 10, SUITE.canvas, "smoke", 0)
    expected = sweep(classifier, images, 10, 64, torch.device("cpu"), silent, "")
    actual = sweep(classifier.cuda(), images, 10, 64, torch.device("cuda"), silent, "")
    assert np.allclose(actual, expected, atol=2e-3)


def test_measures_of_features_agree_with_the_processor(spec, split):
    images = lay_out(SUITE, "noise", split, 64)
    classifier = build_model(spec, 1, 10, SUITE.canvas, "smoke", 0)
    expected = measure_features(classifier, spec.layers, images, torch.device("cpu"), silent, "")
    actual = measure_features(classifier.cuda(), spec.layers, images, torch.device("cuda"), silent, "")
    address = ("metric", "layer", "level", "dimension")
    assert [[row.get(name) for name in address] for row in actual] == [
        [row.get(name) for name in address] for row in expected
    ]
    smooth = [
        place for place, row in enumerate(expected) if row["metric"] in ("feature_distance", "normalised_variance")
    ]
    assert [actual[place]["value"] for place in smooth] == pytest.approx(
        [expected[place]["value"] for place in smooth], rel=1e-2
    )


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_every_change_agrees_with_the_processor(suite, split):
    images = lay_out(suite, "noise", split, None)
    first = torch.arange(16)
    for transform in images.transforms:
        expected = transform(images.objects(first, torch.device("cpu")), images.parameters[first])
        actual = transform(images.objects(first, torch.device("cuda")), images.parameters[first].cuda())
        assert torch.allclose(actual.cpu(), expected, atol=1e-3)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_training_learns(spec, split, precision, tmp_path):
    images = TrainingImages(split, 10, "noise", "training", SUITE, spec.regime, 0, 64)
    classifier = build_model(spec, 1, 10, SUITE.canvas, "smoke", 0).cuda()
    recipe = spec.recipe("smoke")
    went = train(classifier, recipe, images, images, precision, Checkpoint(tmp_path, "key"), silent, "")
    losses = [row["value"] for row in went["history"] if row["metric"] == "training loss"]
    assert losses[-1] < losses[0]


def test_costs_are_measured(spec):
    request = CostRequest(spec, (), "smoke", 1, 10, SUITE.canvas, 64, "cuda:0", "fp32", 1)
    rows = {row["metric"]: row["value"] for row in measure_costs(request).rows}
    assert rows["throughput"] > 0
    assert rows["peak_memory"] >= 4 * (rows["parameters"] + rows["auxiliary_parameters"]) / 2**20
