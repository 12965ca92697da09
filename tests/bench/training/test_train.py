import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from runbench.data.loading import Split, load_embedded
from runbench.data.training_images import TrainingImages
from runbench.errors import DivergedError
from runbench.models.base import Classifier, LogitsClassifier
from runbench.models.recipes import Recipe
from runbench.models.registry import get_model, registered_models
from runbench.progress import silent
from runbench.suites import SUITES
from runbench.training.checkpoints import Checkpoint, read_weights
from runbench.training.train import (
    OPTIMISERS,
    SCHEDULES,
    build_model,
    found,
    measure_accuracy,
    optimiser_of,
    train,
    train_epoch,
)

CPU = torch.device("cpu")
RECIPE = Recipe(epochs=4, batch_size=32)
NETWORKS = {spec.network: spec for spec in registered_models() if "smoke" in spec.presets}.values()


@pytest.fixture
def images() -> TrainingImages:
    """Show bright and dark halves, which a linear model tells apart."""
    source = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 2, (200,), generator=source)
    pixels = torch.randint(0, 100, (200, 1, 28, 28), dtype=torch.uint8, generator=source)
    pixels[labels == 1, :, :14] += 100
    return TrainingImages(Split(pixels, labels), 2, "halves", "training", SUITES["rotation"], "clean", 0, 32)


def network(seed: int = 0) -> LogitsClassifier:
    torch.manual_seed(seed)
    return LogitsClassifier(nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(784, 2)))


def run(classifier, images, checkpoint, recipe=RECIPE):
    validation = replace(images, purpose="validation")
    return train(classifier, recipe, images, validation, "fp32", checkpoint, silent, "trial")


def test_training_learns_and_says_how(images, tmp_path):
    classifier = network()
    went = run(classifier, images, Checkpoint(tmp_path, "key"))
    losses = [row["value"] for row in went["history"] if row["metric"] == "training loss"]
    assert len(losses) == RECIPE.epochs
    assert losses[-1] < losses[0] / 2
    assert went["history"][-1]["metric"] == "validation accuracy"
    assert went["history"][-1]["value"] == measure_accuracy(classifier, images, CPU) > 0.95


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_resumed_training_equals_an_uninterrupted_one_bit_for_bit(images, tmp_path, optimiser, schedule):
    recipe = replace(RECIPE, optimiser=optimiser, schedule=schedule, decay=0.9, decay_steps=5)
    whole = network()
    run(whole, images, Checkpoint(tmp_path, "whole"), recipe)

    class Stop(Exception):
        pass

    def stop_after_two(items, description, total):
        for epoch in items:
            if epoch == 3:
                raise Stop
            yield epoch

    interrupted, checkpoint = network(), Checkpoint(tmp_path, "interrupted")
    with pytest.raises(Stop):
        train(interrupted, recipe, images, images, "fp32", checkpoint, stop_after_two, "trial")
    resumed = network(seed=99)
    torch.manual_seed(12345)  # whatever else drew from the global generator
    went = run(resumed, images, checkpoint, recipe)
    for name, tensor in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], tensor), name
    assert [row["epoch"] for row in went["history"] if row["metric"] == "training loss"] == [1, 2, 3, 4]


def test_a_loss_that_is_no_number_ends_training(images, tmp_path):
    classifier = network()
    with torch.no_grad():
        classifier.network[2].weight.fill_(math.inf)
    with pytest.raises(DivergedError, match="in epoch 1"):
        run(classifier, images, Checkpoint(tmp_path, "key"))
    assert Checkpoint(tmp_path, "key").read_progress() is None


def test_an_epoch_takes_the_steps_of_a_loop_written_out(images):
    recipe = Recipe(
        epochs=1, optimiser="sgd", learning_rate=0.1, weight_decay=0.0, schedule="step", decay_steps=10**6
    )
    harness, bare = network(), network()
    harness.network[1].p = bare.network[1].p = 0.0
    optimiser = optimiser_of(harness, recipe)
    schedule = SCHEDULES["step"](optimiser, recipe, images.batch_count)
    loss = train_epoch(harness, optimiser, schedule, images.epoch(1, CPU), "fp32")

    total, momentum = 0.0, [torch.zeros_like(p) for p in bare.parameters()]
    for batch, labels in images.epoch(1, CPU):
        error = nn.functional.cross_entropy(bare(batch), labels)
        gradients = torch.autograd.grad(error, list(bare.parameters()))
        total += error.item() * len(labels)
        with torch.no_grad():
            for parameter, gradient, speed in zip(bare.parameters(), gradients, momentum, strict=True):
                speed.mul_(0.9).add_(gradient)
                parameter.sub_(0.1 * speed)
    assert loss == pytest.approx(total / 200, abs=1e-5)
    for mine, theirs in zip(harness.parameters(), bare.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)


def test_training_leaves_the_global_generator_alone(images, tmp_path):
    classifier = network()
    before = torch.get_rng_state()
    run(classifier, images, Checkpoint(tmp_path, "key"))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.name)
def test_initial_weights_depend_on_the_seed_alone(spec):
    first, again, other = (build_model(spec, 1, 10, 28, "smoke", seed) for seed in (0, 0, 1))
    same = [torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True)]
    different = [not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True)]
    assert all(same)
    assert any(different)


def test_weights_stored_are_weights_trained(images, tmp_path):
    classifier, checkpoint = network(), Checkpoint(tmp_path, "key")
    went = run(classifier, images, checkpoint)
    checkpoint.write(classifier.state_dict(), went)
    assert torch.equal(read_weights(checkpoint.weights)["network.2.weight"], classifier.network[2].weight)


def test_a_label_is_found_where_its_score_is_the_highest():
    scores = torch.tensor([[0.1, 0.9, 0.3], [0.8, 0.2, 0.3], [0.1, 0.2, 0.3]])
    assert found(scores, torch.tensor([1, 1, 2])).tolist() == [True, False, True]


def test_a_pair_is_found_where_both_have_the_two_highest_scores():
    scores = torch.tensor([[0.1, 0.9, 0.8, 0.0], [0.7, 0.9, 0.8, 0.0], [0.9, 0.1, 0.2, 0.8]])
    pairs = torch.tensor([[0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
    assert found(scores, pairs).tolist() == [True, False, True]


@pytest.mark.parametrize("name", ["baseline", "capsnet"])
def test_pairs_are_learned(name):
    digits = load_embedded(Path())[0].first(64)
    pairs = TrainingImages(digits, 10, "digits", "training", SUITES["overlap"], "augmented", 0, 32)
    classifier = build_model(get_model(name), 1, 10, 40, "smoke", 0)
    recipe = Recipe(epochs=12, learning_rate=3e-3)
    optimiser = optimiser_of(classifier, recipe)
    schedule = SCHEDULES["step"](optimiser, recipe, 24)
    losses = [train_epoch(classifier, optimiser, schedule, pairs.epoch(1, CPU), "fp32") for _ in range(12)]
    assert losses[-1] < 0.7 * losses[0]


class Paced(Classifier):
    """A network whose last layer learns at a tenth of the rate."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return self.network(images)

    def paces(self):
        return ((self.network[2], 0.1),)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_module_with_a_pace_of_its_own_learns_at_that_share_of_the_rate(schedule):
    recipe = replace(RECIPE, schedule=schedule, decay=0.5, decay_steps=1)
    classifier = Paced(nn.Sequential(nn.Flatten(), nn.Linear(784, 5), nn.Linear(5, 2)))
    optimiser = optimiser_of(classifier, recipe)
    rates = SCHEDULES[schedule](optimiser, recipe, 10)
    for _ in range(6):
        others, paced = (group["lr"] for group in optimiser.param_groups)
        assert paced == pytest.approx(0.1 * others)
        optimiser.step()
        rates.step()
    kept = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    assert len(kept) == 4
