"""How single units vary along the orbit of an image, and where they fire: sums, so that no features are kept."""

from __future__ import annotations

import math
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

Orbits = Float[Tensor, "batch levels units"]
Units = Float[Tensor, "units"]
Spreads = Float[Tensor, "levels units"]
PerLevel = Float[Tensor, "levels"]

FIRING = 0.01
"""Share of untransformed images at which a unit fires."""

LEAST_SPREAD = 1e-6
"""A unit is dead whose deviation over images is below this share of its size or its layer's greatest deviation.

Less is rounding: of sums in float32, and of squares that nearly cancel.
"""


@final
class OrbitMoments:
    """Accumulate what the normalised variance of units (Quiroga et al. 2023) is made of.

    Standard deviations are those of the population. `identity` is the number of the level that changes nothing.
    """

    def __init__(self, identity: int) -> None:
        self.identity = identity
        self.count = 0
        self.sums = self.squares = self.apart = self.spread = torch.zeros(0)

    def add(self, orbit: Orbits) -> None:
        """Add orbits (B, L, U): values of U units for B images at L levels."""
        values = orbit.double()
        spread = values.std(dim=1, correction=0).sum(dim=0)
        apart = (values - values[:, [self.identity]]).abs().sum(dim=0) / 2
        sums, squares = values.sum(dim=0), values.square().sum(dim=0)
        if not self.count:
            self.sums, self.squares, self.apart, self.spread = (
                torch.zeros_like(s) for s in (sums, squares, apart, spread)
            )
        self.sums, self.squares = self.sums + sums, self.squares + squares
        self.apart, self.spread = self.apart + apart, self.spread + spread
        self.count += len(orbit)

    def normalised_variance(self) -> tuple[float, float, int]:
        """Return the normalised variance, the mean over live units, the share of dead ones and the number of live.

        Of each unit the standard deviation over levels, mean over images, is divided by the deviation over
        images, mean over levels. Dead units do not vary over images at any level. NaN where all are dead.
        """
        over_images = self._over_images()
        live = self._live(over_images).any(dim=0)
        ratio = (self.spread / self.count)[live] / over_images.mean(dim=0)[live]
        return float(ratio.mean()), float((~live).double().mean()), int(live.sum())

    def level_variance(self) -> PerLevel:
        """Return the same of each level (L,), of an orbit that holds the identity and that level alone.

        A unit may be dead at these two though it is not at others.
        """
        over_images = self._over_images()
        both = (over_images + over_images[self.identity]) / 2
        # At one level a unit may be the same for all images though it is not at others
        live = self._live(over_images) & (both > LEAST_SPREAD * over_images.amax())
        ratio = (self.apart / self.count).where(live, 0.0) / both.where(live, 1.0)
        return ratio.sum(dim=1) / live.sum(dim=1)

    def _over_images(self) -> Spreads:
        means = self.sums / self.count
        return (self.squares / self.count - means.square()).clamp(min=0).sqrt()

    def _live(self, over_images: Spreads) -> Bool[Tensor, "levels units"]:
        """Return which units differ between images at which levels: bool (L, U)."""
        size = (self.squares / self.count).sqrt().amax(dim=0)
        return over_images > LEAST_SPREAD * size.clamp(min=float(over_images.amax()))


@final
class FiringRates:
    """Accumulate how often units fire, and how often along the orbits of images at which they fire.

    Goodfellow et al. 2009. A unit fires where it is above its own threshold, (U,), which lets it fire at 1% of the
    untransformed images. `identity` is the number of the level that changes nothing.
    """

    def __init__(self, thresholds: Units, identity: int) -> None:
        self.thresholds, self.identity = thresholds, identity
        self.inputs = self.levels = 0
        self.fired = self.started = self.kept = torch.zeros(len(thresholds), dtype=torch.float64)

    def add(self, orbit: Orbits) -> None:
        """Add orbits (B, L, U)."""
        fires = orbit > self.thresholds
        starts = fires[:, self.identity]
        along = (fires & starts[:, None]).sum(dim=(0, 1)) - starts.sum(dim=0)
        self.fired = self.fired + fires.sum(dim=(0, 1)).double().cpu()
        self.started = self.started + starts.sum(dim=0).double().cpu()
        self.kept = self.kept + along.double().cpu()
        self.inputs += len(orbit) * orbit.shape[1]
        self.levels = orbit.shape[1]

    def ratio(self) -> tuple[float, int]:
        """Return local over global rate, the mean over units that fire at an untransformed image, and how many do.

        The local rate is over the orbits, the identity left out, of images at which the unit fires untransformed;
        the global rate over all images at all levels. NaN where no unit fires.
        """
        fires = self.started > 0
        local = self.kept[fires] / (self.started[fires] * (self.levels - 1))
        over_all = self.fired[fires] / self.inputs
        return float((local / over_all).mean()), int(fires.sum())


def thresholds_of(values: Float[Tensor, "images units"]) -> Units:
    """Return the threshold (U,) above which each unit is at 1% of the images, rounded down; values (n, U)."""
    below = math.ceil(round((1 - FIRING) * len(values), 9))
    threshold: Tensor = values.kthvalue(below, dim=0).values
    return threshold
