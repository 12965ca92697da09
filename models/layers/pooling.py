"""How a convolution's output is made smaller: the choices, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, final

from torch import nn

PoolingName = Literal["max", "average", "blur", "stride", "none"]


@final
@dataclass(frozen=True)
class Pooling:
    """The `stride` of a convolution, and the layer behind it, which divides the rest by `factor`.

    `commutes` says that the layer may as well come before the normalisation and the ReLU as behind them.
    """

    stride: int
    factor: int
    layer: Callable[[], nn.Module]
    commutes: bool

    def size(self, side: int) -> int:
        """Return how many units are left of `side` places of a convolution."""
        return ((side - 1) // self.stride + 1) // self.factor

    def among(self, *activation: nn.Module) -> list[nn.Module]:
        """Return the pooling layer and those of the activation, in the order in which a convolution needs them.

        Where they commute pooling comes first, so that the activation has less to do.
        """
        return [self.layer(), *activation] if self.commutes else [*activation, self.layer()]


def blur_pool() -> nn.Module:
    """Return max pooling against aliasing: the maximum of 2x2 at every place, a blur, then every second place.

    The blur is binomial, [1 2 1] / 4 on each axis, which is what two means over 2x2 make; images are continued by
    reflection (Zhang 2019, arXiv 1904.11486: MaxBlurPool with the filter Triangle-3). Of n places n // 2 are left.
    """
    return nn.Sequential(
        nn.MaxPool2d(2, stride=1), nn.ReflectionPad2d(1), nn.AvgPool2d(2, stride=1), nn.AvgPool2d(2, stride=2)
    )


POOLINGS: Mapping[PoolingName, Pooling] = MappingProxyType(
    {
        "max": Pooling(stride=1, factor=2, layer=lambda: nn.MaxPool2d(2), commutes=True),
        "average": Pooling(stride=1, factor=2, layer=lambda: nn.AvgPool2d(2), commutes=False),
        "blur": Pooling(stride=1, factor=2, layer=blur_pool, commutes=False),
        "stride": Pooling(stride=2, factor=1, layer=nn.Identity, commutes=True),
        "none": Pooling(stride=1, factor=1, layer=nn.Identity, commutes=True),
    }
)
