"""Any model, averaged at test over an orbit: all turns of the image (test-time augmentation)."""

import math
from pkgutil import resolve_name
from typing import Any, ClassVar, cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from runbench.models.base import Classifier, as_classifier
from runbench.models.layers.rotation import rotation_theta
from runbench.models.layers.spatial_transformer import GridGenerator, ImageSampler
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Loss, Scores, Targets

SMALLEST = torch.finfo(torch.float32).tiny


@final
class OrbitAverage(Classifier):
    """The mean of a model's probabilities over `turns` evenly spaced rotations of each image.

    Training is the model's own, on the image as it is, and so are the scores in training mode. In evaluation a
    score is the logarithm of the model's mean probability plus that of the mean number of classes present, which
    is the same for all classes: softmax takes it out, and presence, which may be high for several, needs it.
    A turn by a multiple of 360 / `turns` degrees permutes the orbit, so it changes scores by sampling alone.
    """

    reading: ClassVar[str] = "mean over the orbit of the model's probabilities"
    presence_reading: ClassVar[str] = "mean probability times mean number of classes present, at most 1"

    def __init__(self, model: Classifier, image_size: tuple[int, int], turns: int) -> None:
        super().__init__()
        if turns < 1:
            raise ValueError(f"an orbit has at least one turn, not {turns}")
        self.model = model
        self.grid = GridGenerator(image_size)
        self.sampler = ImageSampler()
        angles = torch.arange(turns) * (2 * math.pi / turns)
        self.register_buffer("orbit", rotation_theta(angles.cos(), angles.sin(), image_size), persistent=False)

    def turned(self, images: Images, theta: Float[Tensor, "2 3"]) -> Images:
        """Return images, all turned by one theta."""
        grid: Tensor = self.grid(theta.unsqueeze(0))
        turned: Tensor = self.sampler(images, grid.expand(len(images), -1, -1, -1))
        return turned

    def forward(self, images: Images) -> Scores:
        """Return scores: in training the model's own, in evaluation those of the mean over the orbit."""
        if self.training:
            own: Tensor = self.model(images)
            return own
        # One turn at a time: the whole orbit at once would need as many times the memory.
        scores = [self.model(self.turned(images, theta)).float() for theta in cast("Tensor", self.orbit)]
        probabilities = torch.stack([self.model.probabilities(one) for one in scores]).mean(dim=0)
        presence = torch.stack([self.model.presence(one) for one in scores]).mean(dim=0)
        number = presence.sum(dim=1, keepdim=True)
        return probabilities.clamp_min(SMALLEST).log() + number.clamp_min(SMALLEST).log()

    def loss(self, images: Images, targets: Targets) -> Loss:
        """Return the model's own loss."""
        return self.model.loss(images, targets)

    def presence(self, scores: Scores) -> Scores:
        """Return the probability that each class is there."""
        return scores.exp().clamp_max(1)

    def auxiliary(self) -> tuple[nn.Module, ...]:
        """Return what only the model's training uses."""
        return self.model.auxiliary()

    def paces(self) -> tuple[tuple[nn.Module, float], ...]:
        """Return the model's own."""
        return self.model.paces()


def build_average(
    in_channels: int,
    num_classes: int,
    image_size: tuple[int, int],
    preset: Preset,
    *,
    model: str,
    turns: int = 12,
    **options: Any,
) -> OrbitAverage:
    """Build the model whose builder is `model`, "module:function", with `options`, averaged over its turns."""
    network = resolve_name(model)(in_channels, num_classes, image_size, preset, **options)
    return OrbitAverage(as_classifier(network), image_size, turns)
