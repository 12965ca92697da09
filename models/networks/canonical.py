"""A network that turns each image to an orientation of its own choice before a CNN classifies it."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.base import Classifier
from runbench.models.layers.isotropic import HeatMaps, centroids
from runbench.models.layers.rotation import rotation_theta
from runbench.models.layers.spatial_transformer import GridGenerator, ImageSampler
from runbench.models.networks.cnn import CNN, SHAPES
from runbench.models.recipes import Preset
from runbench.models.shapes import Affine, Images, Scores, Views

UPRIGHT = (1e-6, 0.0)
"""Added to the direction, in pixels: decides where an image has none, too little to matter where it has one."""


@final
class DirectionNet(nn.Module):
    """The network that predicts the direction of images: cosine and sine of its angle, x right and y down.

    It leads from the centroid of one heat map to that of another. Filters without direction make the maps, so
    the direction turns with the image and does not move with it, by construction and through any angle. A
    network that regressed the angle could learn this of turned images only, and upright ones are all that clean
    training shows.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.heat_maps = HeatMaps(in_channels, maps=2)

    def forward(self, images: Images) -> Float[Tensor, "batch 2"]:
        """Return unit vectors."""
        start, end = centroids(self.heat_maps(images)).unbind(dim=1)
        return F.normalize(end - start + start.new_tensor(UPRIGHT), eps=1e-12)


@final
class Canonical(Classifier):
    """A classifier of images that are first turned about their centre until their direction points to the right.

    The two are trained end to end. Which orientation a class takes is for the network to find; an image turned by
    any angle takes the same, up to sampling (compare Cohen and Welling 2016 for equivariance, and Jaderberg et al.
    2015 for the sampler).
    """

    def __init__(self, direction: DirectionNet, image_size: tuple[int, int], trunk: CNN) -> None:
        super().__init__()
        self.direction = direction
        self.image_size = image_size
        self.grid = GridGenerator(image_size)
        self.sampler = ImageSampler()
        self.trunk = trunk

    def theta(self, images: Images) -> Affine:
        """Return theta: normalised output coordinates to normalised input coordinates, a rotation."""
        cosine, sine = self.direction(images).unbind(dim=1)
        return rotation_theta(cosine, sine, self.image_size)

    def attend(self, images: Images) -> Views:
        """Return the turned images."""
        turned: Tensor = self.sampler(images, self.grid(self.theta(images)))
        return turned

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.trunk(self.attend(images))
        return logits


def build_canonical(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> Canonical:
    """Build a direction network before the pooling CNN of `build_cnn`."""
    trunk = CNN(in_channels, num_classes, image_size, SHAPES[preset])
    return Canonical(DirectionNet(in_channels), image_size, trunk)
