from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from runbench.data.loading import load_embedded
from runbench.data.test_images import lay_out
from runbench.evaluation.introspection import (
    DIGITS,
    RECONSTRUCTED,
    STEPS,
    Answered,
    introspect,
    seen_through,
    share_collapsed,
    to_bytes,
    views_by_epoch,
)
from runbench.metrics.features.canonicalisation import homogeneous
from runbench.models.base import Classifier, LogitsClassifier
from runbench.models.registry import get_model
from runbench.suites import SUITES
from runbench.training.train import build_model

CPU = torch.device("cpu")
NETWORKS = ("baseline", "stn", "capsnet")
QUARTER = torch.tensor([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
"""Output to input coordinates: the right of what is seen is the top of the image."""


class Turning(Classifier):
    """Looks at every image turned by a quarter."""

    def forward(self, images):
        return images.flatten(1)[:, :10]

    def theta(self, images):
        return QUARTER.expand(len(images), 2, 3)

    def attend(self, images):
        return torch.rot90(images, -1, (2, 3))


class Capsules(Classifier):
    """Class k's capsule holds the mean brightness times k + 1; it draws images as bright as it is long."""

    decoder = nn.Identity()
    coupling_lattice = (2.0, 8.0)

    def forward(self, images):
        return self.capsules(images).norm(dim=2)

    def capsules(self, images):
        mean = images.mean(dim=(1, 2, 3))
        return mean[:, None, None] * torch.arange(1.0, 11.0)[:, None].expand(10, 4) / 10

    def reconstruct_each(self, capsules):
        return capsules.sum(dim=2)[:, :, None, None, None].expand(-1, -1, 1, 6, 6)

    def coupling_maps(self, images):
        return torch.arange(10.0)[None, :, None, None].expand(len(images), 10, 3, 3)


def answered(name, count=60, answers=None):
    suite = SUITES[name]
    images = lay_out(suite, "digits", load_embedded(Path())[2], count)
    labels = images.labels
    probabilities = np.full((count, len(suite.levels), 10), 0.01, dtype=np.float32)
    for place in range(suite.task.sought):
        named = labels[:, place] if answers is None else answers(labels[:, place])
        probabilities[np.arange(count), :, named] = 0.9 - 0.1 * place
    return Answered(images, probabilities, CPU)


def test_a_model_that_shows_nothing_has_its_probabilities_only():
    scene = answered("rotation")
    arrays, _ = introspect(LogitsClassifier(nn.Flatten()), scene)
    assert list(arrays) == ["probabilities"]
    assert np.array_equal(arrays["probabilities"], scene.probabilities[scene.samples])


def test_the_view_of_every_sample_and_the_choice_for_every_image_are_kept():
    scene = answered("rotation")
    arrays, _ = introspect(Turning(), scene)
    upright = SUITES["rotation"].levels.index(0.0)
    plain = scene.images.scenes.images(torch.from_numpy(scene.samples)).numpy()
    assert np.array_equal(arrays["attended"][:, upright, 0], np.rot90(plain[:, 0], -1, (1, 2)))
    assert arrays["attended"].shape == (10, 24, 1, 28, 28)
    assert arrays["theta"].shape == (60, 24, 3, 3)
    assert np.allclose(arrays["theta"][5, 7], [[0, 1, 0], [-1, 0, 0], [0, 0, 1]])


def test_images_are_seen_through_a_matrix_as_the_sampler_sees_them():
    images = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    theta = homogeneous(QUARTER.expand(2, 2, 3))
    # what is seen on the right comes from the top of the image: it is turned clockwise
    assert torch.allclose(seen_through(theta, images), torch.rot90(images, -1, (2, 3)), atol=1e-5)
    affine = torch.tensor([[[0.7, 0.2, 0.1], [-0.3, 0.9, -0.2]]]).expand(2, 2, 3)
    grid = nn.functional.affine_grid(affine, [2, 1, 8, 8], align_corners=False)
    expected = nn.functional.grid_sample(images, grid, align_corners=False)
    assert torch.allclose(seen_through(homogeneous(affine), images), expected, atol=1e-5)


def test_a_projective_matrix_is_divided_by_its_last_row():
    images = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    doubled = 2 * torch.eye(3)[None]
    assert torch.allclose(seen_through(doubled, images), images, atol=1e-5)
    assert torch.equal(homogeneous(doubled), doubled)


def test_views_through_training_are_those_of_the_watched_images():
    watched = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    still = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    views = [{"epoch": 0, "theta": [still, still]}, {"epoch": 1, "theta": [still, QUARTER.tolist()]}]
    arrays = views_by_epoch(views, watched)
    assert arrays["theta_epochs"].tolist() == [0, 1]
    assert arrays["theta_by_epoch"].shape == (2, 2, 3, 3)
    assert np.array_equal(arrays["attended_by_epoch"][0], to_bytes(watched))
    assert np.array_equal(arrays["attended_by_epoch"][1, 0], to_bytes(watched)[0])
    assert not np.array_equal(arrays["attended_by_epoch"][1, 1], to_bytes(watched)[1])
    assert views_by_epoch([], watched) == {}


@pytest.mark.parametrize(
    ("name", "level"),
    [("rotation", 0.0), ("translation", 2.0), ("overlap", 0.2), ("stn-r", 1.0), ("multimnist", 4.0)],
)
def test_the_middle_level_lies_amid_what_augmented_training_covers(name, level):
    assert SUITES[name].levels[SUITES[name].middle_of(SUITES[name].levels)] == level


def test_reconstructions_are_those_of_label_and_prediction_with_failures_among_them():
    scene = answered(
        "rotation", answers=lambda labels: np.where(np.arange(60) % 20 == 19, (labels + 1) % 10, labels)
    )
    arrays, _ = introspect(Capsules(), scene)
    labels, predicted = arrays["reconstruction_labels"], arrays["reconstruction_predicted"]
    assert labels.shape == predicted.shape == (RECONSTRUCTED, 1)
    assert (labels != predicted).sum() == 3
    mean = arrays["reconstruction_images"].mean(axis=(1, 2, 3))
    for classes, drawn in ((labels, "reconstruction_by_label"), (predicted, "reconstruction_by_prediction")):
        expected = np.minimum(255, mean * 4 * (classes[:, 0] + 1) / 10)
        assert np.allclose(arrays[drawn][:, 0].mean(axis=(1, 2, 3)), expected, atol=1.5)


def test_of_pairs_both_digits_and_one_that_is_not_there_are_drawn():
    arrays, _ = introspect(Capsules(), answered("overlap"))
    assert arrays["reconstruction_by_label"].shape == (RECONSTRUCTED, 2, 1, 6, 6)
    absent = arrays["reconstruction_absent_class"]
    assert (absent[:, None] != arrays["reconstruction_labels"]).all()
    mean = arrays["reconstruction_images"].mean(axis=(1, 2, 3))
    expected = np.minimum(255, mean * 4 * (absent + 1) / 10)
    assert np.allclose(arrays["reconstruction_absent"].mean(axis=(1, 2, 3)), expected, atol=1.5)


def test_each_dimension_is_moved_on_its_own():
    scene = answered("rotation")
    arrays, _ = introspect(Capsules(), scene)
    assert arrays["dimensions"].shape == (DIGITS, 4, 11, 1, 6, 6)
    assert arrays["dimension_steps"].tolist() == pytest.approx([-0.25 + 0.05 * step for step in range(11)])
    plain = scene.images.scenes.images(torch.from_numpy(scene.samples[[0]])).float().mean().item() / 255
    expected = np.clip(255 * (4 * plain * 0.1 + STEPS), 0, 255)
    assert arrays["dimension_labels"][0] == 0
    for dimension in range(4):
        assert np.allclose(arrays["dimensions"][0, dimension, :, 0, 0, 0], expected, atol=1)


def test_coupling_is_that_to_the_predicted_class_at_the_identity_and_the_last_level():
    arrays, _ = introspect(Capsules(), answered("parts-apart", answers=lambda labels: (labels + 3) % 10))
    assert arrays["coupling_levels"].tolist() == [0.0, 6.0]
    assert arrays["coupling"].shape == (10, 2, 3, 3)
    assert (arrays["coupling"] == ((np.arange(10) + 3) % 10)[:, None, None, None]).all()


def test_a_capsule_network_without_a_decoder_draws_nothing():
    class Mute(Capsules):
        decoder = None  # type: ignore[assignment]

    assert set(introspect(Mute(), answered("rotation"))[0]) == {
        "probabilities", "coupling", "coupling_levels", "coupling_lattice",
    }  # fmt: skip


def test_the_core_models_show_what_they_have():
    scene = answered("scale", count=30)
    shown = {
        name: set(introspect(build_model(get_model(name), 1, 10, 40, "smoke", 0), scene)[0]) for name in NETWORKS
    }
    assert shown["baseline"] == {"probabilities"}
    assert shown["stn"] == {"probabilities", "attended", "theta"}
    assert {"reconstruction_images", "dimensions", "coupling"} < shown["capsnet"]


def test_views_that_show_next_to_nothing_are_counted():
    still, tiny, outside = torch.eye(3), torch.diag(torch.tensor([0.01, 0.01, 1.0])), torch.eye(3)
    outside[:2, 2] = 5.0
    theta = torch.stack([still, tiny, outside, still])[None].numpy()
    assert share_collapsed({"theta": theta}, (28, 28)) == 0.5
    assert share_collapsed({"theta": theta[:, [0, 3]]}, (28, 28)) == 0.0
    assert share_collapsed({}, (28, 28)) == 0.0


def test_a_picture_that_cannot_be_made_costs_the_picture_only():
    class Shy(Turning):
        def attend(self, images):
            raise RuntimeError("not\ntoday")

    arrays, problems = introspect(Shy(), answered("rotation"))
    assert list(arrays) == ["probabilities"]
    assert problems == ["no views (RuntimeError: not today)"]
