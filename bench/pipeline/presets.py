"""How much of a dataset each preset uses. No torch; recipes and network sizes belong to the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from runbench.models.recipes import Preset


@final
@dataclass(frozen=True)
class Sizes:
    """How many images of each split a preset uses, the first of its stratified order; None is all."""

    train: int | None = None
    validation: int | None = None
    test: int | None = None


PRESET_SIZES: Mapping[Preset, Sizes] = {
    "smoke": Sizes(train=1000, validation=200, test=200),
    "standard": Sizes(),
    "paper": Sizes(),
}
