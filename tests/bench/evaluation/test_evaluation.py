"""What an evaluation holds of a model, and what it says of a model that cannot be measured."""

import numpy as np
import pytest
import torch
from torch import nn

import runbench
from runbench.models.base import Classifier
from runbench.progress import silent
from runbench.store.schemas import FEATURES, METRICS, PREDICTIONS

COUNT, CLASSES = 40, 4
LEVELS = (-90.0, 90.0)


def evaluated(module, suite="rotation", levels=LEVELS):
    source = torch.Generator().manual_seed(0)
    images = torch.randint(256, (COUNT, 1, 28, 28), dtype=torch.uint8, generator=source)
    return runbench.evaluate(module, suite, images, torch.arange(COUNT) % CLASSES, levels=levels, progress=silent)


class TopRow(nn.Module):
    """Answer by where in the four columns of the upper half the light is."""

    def __init__(self):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d((2, CLASSES))

    def forward(self, images):
        return 4 * self.pool(images)[:, 0, 0]


class Empty(Classifier):
    """See a spot far outside the image, and fail where asked for the features of it."""

    def forward(self, images):
        return images.flatten(1)[:, :CLASSES]

    def theta(self, images):
        return torch.tensor([[1.0, 0.0, 9.0], [0.0, 1.0, 9.0]]).expand(len(images), 2, 3)

    def attend(self, images):
        return torch.zeros_like(images)


class Shy(Empty):
    """Fail when asked how it looks at images."""

    def theta(self, images):
        raise RuntimeError("that is\nprivate")


@pytest.fixture(scope="module")
def evaluation():
    return evaluated(TopRow())


def test_the_tables_are_those_of_a_run(evaluation):
    assert list(evaluation.predictions.columns) == PREDICTIONS.names
    assert list(evaluation.features.columns) == FEATURES.names
    assert list(evaluation.scores.columns) == METRICS.names
    assert len(evaluation.predictions) == COUNT * 3
    assert evaluation.probabilities.shape == (COUNT, 3, CLASSES)
    assert "network.pool (pooling)" in set(evaluation.features["layer"])
    assert not evaluation.problems


def test_it_is_short_on_a_line_and_a_table_in_a_notebook(evaluation):
    assert "\n" not in repr(evaluation)
    assert "40 images at 3 levels" in repr(evaluation)
    assert "<table" in evaluation._repr_html_()


def test_introspection_names_the_likeliest_class_of_each_image_that_is_shown(evaluation):
    shown = evaluation.probabilities[:CLASSES]
    assert np.array_equal(evaluation.introspection["predicted"], shown.argmax(axis=-1))
    assert np.array_equal(evaluation.introspection["confidence"], shown.max(axis=-1))


def test_of_pairs_both_classes_are_named_and_the_less_likely_says_how_sure_the_answer_is():
    evaluation = evaluated(TopRow(), "overlap", None)
    shown = evaluation.probabilities[:CLASSES]
    likeliest = np.sort(shown.argsort(axis=-1)[..., -2:], axis=-1)
    assert np.array_equal(evaluation.introspection["predicted"], likeliest)
    assert np.array_equal(evaluation.introspection["confidence"], np.sort(shown, axis=-1)[..., -2])


def test_a_model_that_looks_beside_the_image_is_called_collapsed():
    assert evaluated(Empty()).problems == ("collapsed: 100% of its views show next to nothing",)


def test_a_model_that_cannot_be_asked_loses_features_and_pictures_and_keeps_its_predictions():
    evaluation = evaluated(Shy())
    reason = "(RuntimeError: that is private)"
    assert evaluation.problems == (f"no views {reason}", f"no metrics of features {reason}")
    assert evaluation.rows == ()
    assert evaluation.features.empty
    assert len(evaluation.predictions) == COUNT * 3
    assert "2 problems" in repr(evaluation)
    assert f"<p>no views {reason}</p>" in evaluation._repr_html_()
