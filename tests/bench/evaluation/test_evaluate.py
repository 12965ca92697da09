"""Any network on any images: the same numbers as a run, nothing changed, and clear refusals."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import runbench
from runbench.data.catalogue import DATASETS
from runbench.data.loading import load_dataset
from runbench.data.test_images import CPU, lay_out
from runbench.errors import UsageError
from runbench.evaluation.evaluation import Evaluation
from runbench.models.registry import get_model
from runbench.progress import silent
from runbench.suites import SUITES

COUNT, CLASSES = 40, 4
LEVELS = (-90.0, 90.0)


class TopRow(nn.Module):
    """Answer by where in the four columns of the upper half the light is: shifts move it, turns destroy it."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d((2, CLASSES))
        self.dropout = nn.Dropout(0.5)

    def forward(self, images: Tensor) -> Tensor:
        pooled = self.pool(images.mean(dim=1, keepdim=True))
        return self.dropout(100 * pooled[:, 0, 0])


class Echo(nn.Module):
    """Answer by where the light of an image is."""

    def forward(self, images: Tensor) -> Tensor:
        return functional.adaptive_avg_pool2d(images, (2, 5)).flatten(1)


def bars(side: int = 32, channels: int = 1) -> tuple[Tensor, Tensor]:
    """Return images with one bright block in the upper half, in the column that is their label."""
    labels = torch.arange(COUNT) % CLASSES
    images = torch.zeros(COUNT, channels, side, side, dtype=torch.uint8)
    width = side // CLASSES
    for image, label in zip(images, labels.tolist(), strict=True):
        image[:, : side // 2, label * width : (label + 1) * width] = 255
    return images, labels


def evaluated(module: nn.Module, **changed: Any) -> Evaluation:
    images, labels = bars()
    given = {"suite": "rotation", "images": images, "labels": labels, "levels": LEVELS, "progress": silent}
    return runbench.evaluate(module, **{**given, **changed})


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluated(TopRow())


def accuracy(evaluation: Evaluation, level: float) -> float:
    scores = evaluation.scores
    chosen = scores[(scores["metric"] == "accuracy") & (scores["level"] == level) & (scores["subset"] == "all")]
    return float(chosen["value"].iloc[0])


def test_a_network_of_known_answers_has_known_scores(evaluation: Evaluation) -> None:
    # A quarter turn moves a block of column c to rows: what is then in the upper half lies in the first or last
    assert accuracy(evaluation, 0) == 1
    turned = np.rot90(bars()[0].numpy(), axes=(2, 3))
    with torch.inference_mode():
        expected = TopRow().eval()(torch.from_numpy(turned.copy()).float() / 255).argmax(1)
    assert accuracy(evaluation, 90) == pytest.approx((expected == bars()[1]).float().mean().item())


def test_nothing_of_the_network_or_of_the_process_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module = TopRow().train()
    module.pool.eval()
    before, state = copy.deepcopy(module.state_dict()), torch.random.get_rng_state()
    images, labels = bars()
    untouched = images.clone()
    runbench.evaluate(module, "rotation", images, labels, levels=LEVELS, progress=silent)
    assert [part.training for part in module.modules()] == [True, False, True]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(images, untouched)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert torch.is_grad_enabled()
    assert not list(tmp_path.iterdir())


def test_floating_images_and_arrays_give_what_bytes_give(evaluation: Evaluation) -> None:
    images, labels = bars()
    again = evaluated(TopRow(), images=images.numpy().astype(np.float32) / 255, labels=labels.numpy())
    pd.testing.assert_frame_equal(again.predictions, evaluation.predictions)


@pytest.mark.slow
@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_takes_images_of_other_sizes(suite: str) -> None:
    images, labels = bars(side=44, channels=3 if SUITES[suite].objects == 1 else 1)
    found = runbench.evaluate(TopRow(), suite, images, labels, progress=silent, layers=("pool",))
    assert np.isfinite(found.probabilities).all()
    assert len(found.scores)


def test_the_test_images_of_a_dataset_are_shown_as_a_run_shows_them() -> None:
    spec = DATASETS["mnist10k"]
    split = load_dataset(spec, Path("data")).test
    found = runbench.evaluate(
        Echo(), "translation", split.images, split.labels, dataset=spec.name, levels=(3.0,), progress=silent
    )
    suite = SUITES["translation"].fit(spec.side, spec.extent).swept_at((3.0,))
    shown = lay_out(suite, spec.name, split, COUNT)
    clean = shown.objects(torch.arange(COUNT), CPU)
    moved = [transform(clean, shown.parameters) for transform in shown.transforms]
    expected = torch.stack([Echo()(images).softmax(1) for images in moved], dim=1)
    np.testing.assert_allclose(found.probabilities[:COUNT], expected.numpy(), rtol=1e-5)


BAD = {
    "no network": ({"module": len}, "torch.nn.Module"),
    "no suite": ({"suite": "rotatoin"}, "did you mean rotation"),
    "oblong images": ({"images": torch.zeros(COUNT, 1, 32, 30)}, "squares"),
    "grey without channels": ({"images": torch.zeros(COUNT, 32, 32)}, "squares"),
    "normalised images": ({"images": torch.full((COUNT, 1, 32, 32), -1.0)}, "normalisation"),
    "broken images": ({"images": torch.full((COUNT, 1, 32, 32), torch.nan)}, "normalisation"),
    "wide integers": ({"images": torch.zeros(COUNT, 1, 32, 32, dtype=torch.int64)}, "uint8 or floating"),
    "too few labels": ({"labels": torch.zeros(3, dtype=torch.int64)}, "need labels"),
    "labels with fractions": ({"labels": torch.zeros(COUNT)}, "whole numbers"),
    "negative labels": ({"labels": torch.full((COUNT,), -1)}, "whole numbers"),
    "labels without a score": ({"labels": torch.full((COUNT,), CLASSES)}, "has no score"),
    "a level outside": ({"levels": (400.0,)}, "makes no sense"),
    "no such module": ({"layers": ("nowhere",)}, "no module"),
    "no such dataset": ({"dataset": "nowhere"}, "nowhere"),
    "another dataset": ({"dataset": "mnist10k"}, "28 pixels"),
    "a bad name": ({"name": "A B"}, "refused"),
    "no batch": ({"batch_size": 0}, "positive"),
    "another input": ({"module": nn.Sequential(nn.Flatten(), nn.Linear(7, 4))}, "does not take images"),
    "no scores": ({"module": nn.Identity()}, "not scores"),
    "colours for pairs": ({"suite": "overlap", "levels": None, "images": torch.zeros(COUNT, 3, 32, 32)}, "grey"),
    "one class for pairs": ({"suite": "overlap", "levels": None, "labels": [0] * COUNT}, "different classes"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_sense_is_refused_in_a_line(case: str) -> None:
    changed, expected = BAD[case]
    images, labels = bars()
    given = {"module": TopRow(), "suite": "rotation", "images": images, "labels": labels, "levels": LEVELS}
    with pytest.raises(UsageError, match=expected) as refused:
        runbench.evaluate(**{**given, **changed}, progress=silent)
    assert "\n" not in str(refused.value)


def test_a_registered_model_is_a_network_like_any_other() -> None:
    images, labels = bars(side=28)
    module = get_model("baseline").build(1, 10, (28, 28), "smoke")
    assert evaluated(module, images=images, labels=labels).probabilities.shape == (COUNT, 3, 10)
