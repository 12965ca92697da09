"""Networks whose answers are known beforehand: untrained, deterministic, their weights set by hand."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.environment import generator
from runbench.models.base import Classifier
from runbench.models.recipes import Preset

ALWAYS = (0.05, 0.05, 0.05, 0.5, 0.05, 0.1, 0.05, 0.05, 0.05, 0.05)
"""What the constant network says of every image: most likely a three, then a five."""

UNITS = 100
"""How many features the networks have whose single units are looked at."""

GREYS = 256


@final
class Constant(Classifier):
    """The same answer to every image, from features that are the same for every image."""

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        height, width = size
        self.features = nn.Linear(channels * height * width, 8)
        self.head = nn.Linear(8, classes)
        _set(self.features, torch.zeros_like(self.features.weight), torch.ones(8))
        _set(self.head, torch.zeros_like(self.head.weight), torch.tensor(ALWAYS[:classes]).log())

    def forward(self, images: Tensor) -> Tensor:
        """Return the same scores (B, K) for all images."""
        scores: Tensor = self.head(self.features(images.flatten(1)))
        return scores


@final
class HandOn(Classifier):
    """A 1x1 convolution that hands the image on, and an answer by its pixels."""

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        height, width = size
        self.same = nn.Conv2d(channels, channels, 1, bias=False)
        _set(self.same, torch.eye(channels)[..., None, None])
        self.answers = nn.Buffer(_normal("hand on", classes, channels * height * width) / 4)

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K), linear in the pixels."""
        return F.linear(self.same(images).flatten(1), self.answers)


@final
class QuarterTurns(Classifier):
    """Convolutions with kernels that quarter turns leave alone, averaged over all places.

    The first convolution has a stride, but its places lie symmetrically on canvases of even side.
    """

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        self.first = nn.Conv2d(channels, 8, 4, stride=2, bias=False)
        self.second = nn.Conv2d(8, 16, 3, padding=1, bias=False)
        _set(self.first, _symmetric(_normal("first", *self.first.weight.shape)))
        _set(self.second, _symmetric(_normal("second", *self.second.weight.shape)))
        self.classes = classes

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K)."""
        features: Tensor = F.relu(self.second(F.relu(self.first(images))))
        return _in_turn(features.mean(dim=(1, 2, 3)), self.classes)


@final
class BrightnessOnly(Classifier):
    """An answer by the mean of all pixels alone."""

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        self.classes = classes

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K)."""
        return _in_turn(80 * images.double().mean(dim=(1, 2, 3)).float(), self.classes)


@final
class BagOfPixels(Classifier):
    """Counts of how many pixels are how grey, and an answer by whole numbers made of them: places are lost."""

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        worth = torch.randint(-500, 500, (GREYS, UNITS), generator=generator("selftest", "bag of pixels"))
        # Black, which most pixels are, is worth nothing
        worth[0] = 0
        self.worth = nn.Buffer(worth.float())
        self.head = nn.Linear(UNITS, classes, bias=False)
        _set(self.head, _normal("bag", classes, UNITS) / 1e4)

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K)."""
        greys = (images.flatten(1) * (GREYS - 1)).round().long()
        counts = torch.zeros(len(images), GREYS, device=images.device).scatter_add_(
            1, greys, torch.ones_like(greys, dtype=torch.float32)
        )
        # Whole numbers far below 2**24: sums are exact in any order
        scores: Tensor = self.head(counts @ self.worth)
        return scores


@final
class Dice(Classifier):
    """Dice thrown for every image: a hash of all its pixels, so that any change gives new features and scores."""

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        height, width = size
        source = generator("selftest", "dice")
        odd = 2 * torch.randint(2**62, (channels * height * width,), generator=source) + 1
        self.multipliers = nn.Buffer(odd)
        self.head = nn.Linear(UNITS, classes, bias=False)
        _set(self.head, 5 * torch.eye(classes, UNITS))

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K), uniform between 0 and 5 and independent of one another."""
        bits = images.float().flatten(1).contiguous().view(torch.int32).long()
        own = (bits * self.multipliers).sum(dim=1, keepdim=True)
        mixed = _mixed(_mixed(own) + torch.arange(1, UNITS + 1, device=images.device) * -7046029254386353131)
        scores: Tensor = self.head(_shifted(mixed, 40).float() / 2**24)
        return scores


def _in_turn(values: Tensor, classes: int) -> Tensor:
    """Return scores (B, K) of which, as values (B,) grow, one after the other is the greatest: 0, 1, 2 and so on.

    They are the lines that touch a parabola at whole numbers.
    """
    places = torch.arange(classes, dtype=values.dtype, device=values.device)
    return values[:, None] * places - places.square() / 2


def _mixed(numbers: Tensor) -> Tensor:
    """Return 64-bit numbers as if drawn anew, by SplitMix64's finaliser (Steele et al. 2014); products wrap."""
    numbers = (numbers ^ _shifted(numbers, 30)) * -4658895280553007687
    numbers = (numbers ^ _shifted(numbers, 27)) * -7723592293110705685
    return numbers ^ _shifted(numbers, 31)


def _shifted(numbers: Tensor, places: int) -> Tensor:
    """Return 64-bit numbers shifted to the right, zeros coming in."""
    return (numbers >> places) & ((1 << (64 - places)) - 1)


def _symmetric(kernels: Tensor) -> Tensor:
    """Return the mean of kernels (O, I, k, k) over quarter turns."""
    return torch.stack([kernels.rot90(turn, dims=(2, 3)) for turn in range(4)]).mean(dim=0)


def _normal(purpose: str, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator("selftest", purpose))


@torch.no_grad()
def _set(layer: nn.Linear | nn.Conv2d, weight: Tensor, bias: Tensor | None = None) -> None:
    layer.weight.copy_(weight)
    if bias is not None and layer.bias is not None:
        layer.bias.copy_(bias)
