"""Which network is shown which suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from runbench.models.base import Classifier
from runbench.models.spec import ModelSpec
from runbench.selftest.capsule_networks import Copyist, Places
from runbench.selftest.finder import MomentFinder
from runbench.selftest.networks import BagOfPixels, BrightnessOnly, Constant, Dice, HandOn, QuarterTurns
from runbench.suites import SUITES, Suite


def _spec(name: str, builder: Callable[..., Classifier], summary: str) -> ModelSpec:
    return ModelSpec(name=name, builder=builder, regime="clean", architecture=name, summary=summary)


NETWORKS: Mapping[str, ModelSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            _spec("constant", Constant, "says the same of every image"),
            _spec("hand-on", HandOn, "hands the image on through a 1x1 convolution"),
            _spec("quarter-turns", QuarterTurns, "has kernels that quarter turns leave alone, and averages"),
            _spec("brightness", BrightnessOnly, "answers by the mean of all pixels"),
            _spec("bag-of-pixels", BagOfPixels, "counts greys and loses where they lie"),
            _spec("dice", Dice, "throws dice anew for every image that differs by a pixel"),
            _spec("moments", MomentFinder, "finds turn and size by moments and takes them out"),
            _spec("places", Places, "says where the ink is"),
            _spec("copyist", Copyist, "draws the middle of the image as it is"),
        )
    }
)

# A few levels of each axis are enough for an answer that is known, and they are spaced unequally
LEVELS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "rotation": (-90.0, -30.0, 0.0, 45.0, 90.0, 180.0),
        "translation": (0.0, 0.5, 1.0, 2.0, 3.0, 4.0),
        "scale": (0.5, 1.0, 1.2, 1.4),
        "parts-apart": (0.0, 1.0, 2.0, 4.0, 6.0),
        "overlap": (0.0, 0.4, 0.8),
    }
)


def suite_of(name: str) -> Suite:
    """Return the suite called `name` at the levels of the selftest."""
    return replace(SUITES[name], levels=LEVELS[name])


def levels_but(suite: str, *left_out: float) -> tuple[float, ...]:
    """Return the selftest's levels of a suite without some."""
    return tuple(level for level in LEVELS[suite] if level not in left_out)
