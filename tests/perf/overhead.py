"""What the harness adds to the bare work; `make perf` prints both ratios. Not collected by `make test`.

Harness and bare loop take turns, and the ratio is the median over the pairs, so a machine whose speed drifts
slows both alike.
"""

import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from runbench.data.catalogue import DATASETS
from runbench.data.loading import load_dataset
from runbench.data.test_images import lay_out
from runbench.data.training_images import TrainingImages
from runbench.environment import available_threads
from runbench.evaluation.features.measure import measure_features
from runbench.evaluation.memory import MEBIBYTE, RESIDENT
from runbench.evaluation.predictions import prediction_columns
from runbench.evaluation.sweep import sweep
from runbench.experiment import Cell
from runbench.models.registry import get_model
from runbench.progress import silent
from runbench.store.tables import write_predictions
from runbench.suites import SUITES
from runbench.training.checkpoints import Checkpoint
from runbench.training.train import SCHEDULES, build_model, optimiser_of, train

CPU = torch.device("cpu")
SUITE = SUITES["rotation"]
BATCH_SIZE = 500


@pytest.fixture(autouse=True)
def every_thread(one_thread):
    """Use the threads that a run uses, one for each core."""
    torch.set_num_threads(available_threads())


@pytest.fixture(scope="module")
def dataset():
    return load_dataset(DATASETS["mnist10k"], Path("data"))


def show_ratio(benchmark, capsys, name, harness, bare, rounds):
    """Time harness and bare loop in turn, and print the median ratio of the pairs."""
    bare_seconds = []

    def take_turns():
        begun = time.perf_counter()
        bare()
        bare_seconds.append(time.perf_counter() - begun)

    benchmark.pedantic(harness, setup=take_turns, rounds=rounds)
    pairs = zip(benchmark.stats.stats.data, bare_seconds, strict=True)
    ratio = statistics.median(harness_seconds / bare_seconds for harness_seconds, bare_seconds in pairs)
    benchmark.extra_info["ratio"] = ratio
    with capsys.disabled():
        print(f"\n{name}: {ratio:.3f} times the bare loop (median of {rounds} pairs)")


@pytest.mark.parametrize("name", ["baseline", "augmented"])
def test_training(benchmark, capsys, dataset, tmp_path, name):
    spec = get_model(name)
    recipe = spec.recipe("standard")
    images = TrainingImages(dataset.train, 10, "mnist10k", "training", SUITE, spec.regime, 0, recipe.batch_size)
    validation = replace(images, split=dataset.validation, purpose="validation")
    batches = list(images.epoch(1, CPU))

    def bare():
        classifier = build_model(spec, 1, 10, SUITE.canvas, "standard", 0).train()
        optimiser = optimiser_of(classifier, recipe)
        schedule = SCHEDULES[recipe.schedule](optimiser, recipe, recipe.epochs * len(batches))
        for _ in range(recipe.epochs):
            for pixels, labels in batches:
                optimiser.zero_grad()
                classifier.loss(pixels, labels).backward()
                optimiser.step()
                schedule.step()

    def harness():
        classifier = build_model(spec, 1, 10, SUITE.canvas, "standard", 0)
        checkpoint = Checkpoint(tmp_path, "key")
        checkpoint.progress.unlink(missing_ok=True)
        train(classifier, recipe, images, validation, "fp32", checkpoint, silent, "")

    show_ratio(
        benchmark, capsys, f"training {name}, with augmentation, validation and checkpoints", harness, bare, 5
    )


def test_sweep(benchmark, capsys, dataset, tmp_path):
    spec = get_model("baseline")
    classifier = build_model(spec, 1, 10, SUITE.canvas, "standard", 0).eval()
    images = lay_out(SUITE, "mnist10k", dataset.test, None)
    pixels = images.objects(torch.arange(len(images.scenes)), CPU)
    turned = [
        transform(part, images.parameters[:BATCH_SIZE]).contiguous(memory_format=torch.channels_last)
        for part in pixels.split(BATCH_SIZE)
        for transform in images.transforms
    ]

    @torch.inference_mode()
    def bare():
        for part in turned:
            classifier(part)

    def harness():
        probabilities = sweep(classifier, images, 10, BATCH_SIZE, CPU, silent, "")
        labels = images.labels
        columns = prediction_columns(Cell(SUITE, spec, 0), DATASETS["mnist10k"], labels, probabilities, None)
        write_predictions(tmp_path / "rows.parquet", columns)

    show_ratio(benchmark, capsys, "sweep of baseline, with warping and storing", harness, bare, rounds=7)


@pytest.mark.parametrize("suite", ["rotation", "translation", "scale", "parts-apart", "overlap"])
@pytest.mark.parametrize("name", ["baseline", "stn", "capsnet"])
def test_measures_of_features(benchmark, capsys, dataset, name, suite):
    spec = get_model(name)
    images = lay_out(SUITES[suite], "mnist10k", dataset.test, 512)
    classifier = build_model(spec, 1, 10, SUITES[suite].canvas, "standard", 0)

    def bare():
        sweep(classifier, images, 10, BATCH_SIZE, CPU, silent, "")

    def harness():
        measure_features(classifier, spec.layers, images, CPU, silent, "")

    show_ratio(
        benchmark, capsys, f"measures of features of {name}, {suite}, beside the plain sweep", harness, bare, 3
    )


@pytest.mark.parametrize("levels", [3, 12])
@pytest.mark.parametrize("name", ["capsnet", "stn"])
def test_memory_of_measures_at_the_paper_preset(benchmark, capsys, dataset, name, levels):
    suite = replace(SUITES["translation"], levels=tuple(float(level) / 2 for level in range(levels)))
    images = lay_out(suite, "mnist10k", dataset.test, 64)
    classifier = build_model(get_model(name), 1, 10, suite.canvas, "paper", 0)
    RESIDENT.reset()
    before = RESIDENT.size()
    benchmark.pedantic(lambda: measure_features(classifier, (), images, CPU, silent, ""), rounds=1)
    taken = (RESIDENT.peak() - before) / MEBIBYTE
    benchmark.extra_info["MiB"] = taken
    with capsys.disabled():
        print(f"\nmeasures of features of {name} at the paper preset, {levels} levels: {taken:.0f} MiB")
