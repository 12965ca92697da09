"""Networks of strange but real kinds go all the way of a cell: built, trained, kept, loaded, swept."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from runbench.data.loading import load_embedded
from runbench.data.test_images import lay_out
from runbench.data.training_images import TrainingImages
from runbench.errors import ModelFaultError
from runbench.evaluation.sweep import sweep
from runbench.models.base import has_to_learn
from runbench.models.recipes import Recipe
from runbench.models.spec import ModelSpec
from runbench.progress import silent
from runbench.suites import SUITES
from runbench.training.checkpoints import Checkpoint, load_weights
from runbench.training.train import build_model, leave_untrained, train

CPU = torch.device("cpu")
SUITE = SUITES["rotation"].fit(28, 20).swept_at((0.0, 90.0))
RECIPE = Recipe(epochs=1, batch_size=16)


def body(channels: int, classes: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 4, 5, stride=4),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
        nn.Linear(64, classes),
    )


class Guest(nn.Module):
    """A network that subclasses change in one way each."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.body = body(channels, classes)

    def forward(self, images):
        return self.body(images)


class ExtraState(Guest):
    """A module that keeps more than tensors."""

    state = 0

    def get_extra_state(self):
        return {"version": 3, "names": ["a", "b"]}

    def set_extra_state(self, state):
        assert state == {"version": 3, "names": ["a", "b"]}
        self.state = state["version"]


class ModeDependent(Guest):
    """A module whose state_dict has another entry in training."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__(channels, classes)
        self.register_state_dict_post_hook(self._with_teacher)
        self.register_load_state_dict_pre_hook(lambda module, state, *_: module._check(state))

    @staticmethod
    def _with_teacher(module, state, prefix, _):
        if module.training:
            state[f"{prefix}teacher"] = torch.zeros(1)

    def _check(self, state):
        assert any("teacher" in name for name in state) is self.training


class Tied(Guest):
    """A module two of whose layers share their weights."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__(channels, classes)
        self.first, self.second = nn.Linear(classes, classes), nn.Linear(classes, classes)
        self.second.weight = self.first.weight

    def forward(self, images):
        return self.second(self.first(self.body(images)))


class Complex(Guest):
    """A module with complex weights."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__(channels, classes)
        self.filter = nn.Parameter(torch.zeros(channels, 28, 15, dtype=torch.cfloat))

    def forward(self, images):
        spectrum = torch.fft.rfft2(images) * (1 + self.filter)
        return self.body(torch.fft.irfft2(spectrum, s=images.shape[-2:]))


class Derived(Guest):
    """A module that takes derivatives in its forward pass."""

    def forward(self, images):
        with torch.enable_grad():
            given = images.detach().requires_grad_()
            (slope,) = torch.autograd.grad(self.body(given).logsumexp(1).sum(), given)
        return self.body(images + 0.1 * slope)


class Volumes(nn.Module):
    """A module with weights of five dimensions."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.convolution, self.linear = nn.Conv3d(channels, 4, (1, 5, 5)), nn.Linear(64, classes)

    def forward(self, images):
        features = F.relu(self.convolution(images[:, :, None]))[:, :, 0]
        return self.linear(F.adaptive_avg_pool2d(features, 4).view(len(images), -1))


class Strided(Guest):
    """A module that reads memory by strides."""

    def forward(self, images):
        count, channels, height, width = images.shape
        rows = images.as_strided(
            (count, channels, height, width), (channels * height * width, height * width, width, 1)
        )
        return self.body(rows)


class Squeezed(nn.Module):
    """A module that drops every axis of length one."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, classes, 5)

    def forward(self, images):
        return F.adaptive_avg_pool2d(self.convolution(images), 1).squeeze()


class Auxiliary(Guest):
    """A module with a second head in training only."""

    def forward(self, images):
        scores = self.body(images)
        return (scores, scores.detach()) if self.training else scores


def lazy(channels: int, classes: int) -> nn.Module:
    return nn.Sequential(nn.LazyConv2d(4, 5), nn.ReLU(), nn.Flatten(), nn.LazyLinear(classes))


def spectral(channels: int, classes: int) -> nn.Module:
    network = body(channels, classes)
    network[0] = nn.utils.parametrizations.spectral_norm(network[0])
    return network


def frozen(channels: int, classes: int) -> nn.Module:
    return body(channels, classes).requires_grad_(requires_grad=False)


def weightless(channels: int, classes: int) -> nn.Module:
    return nn.Sequential(nn.AdaptiveAvgPool2d((classes, 1)), nn.Flatten())


def parallel(channels: int, classes: int) -> nn.Module:
    return nn.DataParallel(body(channels, classes))


KINDS = (
    Guest, ExtraState, ModeDependent, Tied, Complex, Derived, Volumes, Strided, Squeezed, Auxiliary,
    lazy, spectral, frozen, weightless, parallel,
)  # fmt: skip


def spec_of(kind) -> ModelSpec:
    def build(in_channels, num_classes, image_size, preset):
        return kind(in_channels, num_classes)

    return ModelSpec("guest", build, "clean", "guest", "")


def built(kind, seed: int = 0):
    return build_model(spec_of(kind), 1, 10, 28, "smoke", seed)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_is_trained_kept_loaded_and_swept(kind, tmp_path):
    learned, _, tested = load_embedded(Path())
    images = TrainingImages(learned.first(48), 10, "mnist10k", "training", SUITE, "clean", 0, 16)
    classifier, checkpoint = built(kind), Checkpoint(tmp_path, "key")
    went = (
        train(classifier, RECIPE, images, images, "fp32", checkpoint, silent, "")
        if has_to_learn(classifier)
        else leave_untrained(classifier, images, CPU)
    )
    assert went["history"][-1]["metric"] == "validation accuracy"
    checkpoint.write(classifier.eval().state_dict(), went)
    assert checkpoint.read() is not None
    again = built(kind, seed=1)
    load_weights(again, checkpoint.weights)
    shown = lay_out(SUITE, "mnist10k", tested.first(9), None)
    # The last batch is of one image
    first, second = (sweep(one, shown, 10, 4, CPU, silent, "") for one in (classifier, again))
    assert first.shape == (9, 2, 10)
    torch.testing.assert_close(torch.tensor(first), torch.tensor(second))


def test_extra_state_reaches_the_module_again(tmp_path):
    checkpoint = Checkpoint(tmp_path, "key")
    checkpoint.write(built(ExtraState).state_dict(), {})
    again = built(ExtraState)
    load_weights(again, checkpoint.weights)
    assert again.network.state == 3


@pytest.mark.parametrize("classes", [5, 1000])
def test_another_number_of_classes_is_refused_before_training(classes):
    with pytest.raises(ModelFaultError, match=rf"float32 \(2, {classes}\) of 2 images, not scores \(2, 10\)"):
        built(lambda channels, _: body(channels, classes))


def test_another_number_of_channels_is_refused_before_training():
    with pytest.raises(ModelFaultError, match=r"does not take images \(1, 28, 28\) on cpu: RuntimeError: Given"):
        built(lambda _, classes: body(3, classes))
