"""CapsNet (Sabour et al. 2017, arXiv 1710.09829, section 4) and what others asked of its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.capsules import (
    DynamicRouting,
    FixedRouting,
    Gradient,
    PrimaryCapsules,
    Routing,
    random_coupling,
    uniform_coupling,
)
from runbench.models.layers.decoder import Decoder
from runbench.models.networks.capsule_classifier import (
    RECONSTRUCTION_WEIGHT,  # noqa: F401 - a name of this module's since before it had a home of its own
    CapsuleClassifier,
    LossName,
    PrimaryGrid,
    Reconstruction,
)
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Inputs

PRIMARY_DIMENSIONS = 8
DIGIT_DIMENSIONS = 16


@final
@dataclass(frozen=True)
class CapsNetShape:
    """The sizes of a CapsNet: a convolution, primary capsules, and the decoder's hidden units."""

    stem_channels: int
    stem_kernel: int
    stem_stride: int
    types: int
    kernel: int
    stride: int
    decoder: tuple[int, int]

    def feature_size(self, image_size: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) of the primary capsules' lattice for images of `image_size`."""
        height, width = (
            ((side - self.stem_kernel) // self.stem_stride + 1 - self.kernel) // self.stride + 1
            for side in image_size
        )
        return height, width

    @property
    def lattice(self) -> tuple[float, float]:
        """Return pitch and offset, in pixels, of the centres of what primary capsules see."""
        pitch = self.stem_stride * self.stride
        return float(pitch), (self.stem_kernel - 1) / 2 + self.stem_stride * (self.kernel - 1) / 2


COMPACT = CapsNetShape(32, 5, 2, types=6, kernel=5, stride=2, decoder=(128, 256))

CAPSNET_SHAPES: Mapping[Preset, CapsNetShape] = MappingProxyType(
    {
        "smoke": COMPACT,
        "standard": COMPACT,
        "paper": CapsNetShape(256, 9, 1, types=32, kernel=9, stride=2, decoder=(512, 1024)),
    }
)


@final
@dataclass(frozen=True)
class CapsNetOptions:
    """The routing of a CapsNet and what trains it; the defaults are its paper's.

    `coupling`: "dynamic", by agreement; "uniform", equal shares; "random", drawn once and kept. `iterations` and
    `gradient` (through "all" iterations or the "last" one's votes) belong to dynamic coupling. `transforms`:
    "per-position", one for each primary capsule; "shared", one for each of their types.
    """

    coupling: Literal["dynamic", "uniform", "random"] = "dynamic"
    iterations: int = 3
    gradient: Gradient = "all"
    transforms: Literal["per-position", "shared"] = "per-position"
    loss: LossName = "margin"
    reconstruction: Reconstruction = "apart"


AS_PUBLISHED = CapsNetOptions()

FIXED_COUPLINGS = MappingProxyType({"uniform": uniform_coupling, "random": random_coupling})


@final
class CapsNet(CapsuleClassifier):
    """A convolution, primary capsules, and their routing to class capsules of 16 dimensions."""

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        image_size: tuple[int, int],
        shape: CapsNetShape,
        options: CapsNetOptions = AS_PUBLISHED,
    ) -> None:
        super().__init__(num_classes, options.loss, options.reconstruction)
        self.primary_grid = PrimaryGrid(shape.types, *shape.feature_size(image_size))
        self.coupling_lattice = shape.lattice
        self.stem = nn.Conv2d(in_channels, shape.stem_channels, shape.stem_kernel, shape.stem_stride)
        self.primary = PrimaryCapsules(
            shape.stem_channels, shape.types, PRIMARY_DIMENSIONS, shape.kernel, shape.stride
        )
        self.routing = _routing(self.primary_grid, num_classes, options)
        self.decoder = None
        if options.reconstruction != "none":
            self.decoder = Decoder(num_classes * DIGIT_DIMENSIONS, shape.decoder, (in_channels, *image_size))

    def primary_capsules(self, images: Images) -> Inputs:
        """Return the primary capsules, of 8 dimensions."""
        capsules: Tensor = self.primary(F.relu(self.stem(images)))
        return capsules

    def coupling_maps(self, images: Images) -> Float[Tensor, "batch classes rows columns"]:
        """Return the coupling to each class, the mean over the types of primary capsules there."""
        by_type: Tensor = self.coupling(images).unflatten(2, self.primary_grid)
        return by_type.mean(dim=2)


def _routing(grid: PrimaryGrid, num_classes: int, options: CapsNetOptions) -> Routing:
    positions = grid.height * grid.width
    inputs = grid.types * positions
    sharing = {"per-position": 1, "shared": positions}[options.transforms]
    if options.coupling == "dynamic":
        return DynamicRouting(
            inputs,
            PRIMARY_DIMENSIONS,
            num_classes,
            DIGIT_DIMENSIONS,
            options.iterations,
            options.gradient,
            sharing,
        )
    coefficients = FIXED_COUPLINGS[options.coupling](num_classes, inputs)
    return FixedRouting(coefficients, PRIMARY_DIMENSIONS, DIGIT_DIMENSIONS, sharing)


def build_capsnet(
    in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset, **options: Any
) -> CapsNet:
    """Build a CapsNet with three routing iterations or with other `options`, the fields of CapsNetOptions.

    `paper`: the published network, 8,215,728 parameters at 28x28 with the biases of the digit capsules.
    """
    return CapsNet(in_channels, num_classes, image_size, CAPSNET_SHAPES[preset], CapsNetOptions(**options))
