"""How models are trained: frozen recipes, one per preset and regime. No torch here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, final

Preset = Literal["smoke", "standard", "paper"]
PRESETS: tuple[Preset, ...] = ("smoke", "standard", "paper")
Regime = Literal["clean", "augmented"]
REGIMES: tuple[Regime, ...] = ("clean", "augmented")


@final
@dataclass(frozen=True)
class Recipe:
    """The length, optimiser and schedule of a model's training.

    `schedule` is a key of `runbench.training.train.SCHEDULES`: "one-cycle" warms up to `learning_rate` and anneals
    to zero over all steps; "exponential" multiplies it by `decay` every `decay_steps` steps; "step" is the same
    in stairs. `shift` moves training images by up to that many whole pixels on each axis, uniformly, before
    any other augmentation (Sabour et al. 2017 use 2).
    """

    epochs: int
    batch_size: int = 64
    optimiser: Literal["adam", "adamw", "sgd"] = "adamw"
    learning_rate: float = 6e-3
    weight_decay: float = 1e-4
    schedule: Literal["one-cycle", "exponential", "step"] = "one-cycle"
    decay: float = 1.0
    decay_steps: int = 1
    shift: int = 0

    @property
    def exposure(self) -> tuple[int, int, int]:
        """Return what decides the images that training sees: epochs, batch size and shift."""
        return self.epochs, self.batch_size, self.shift


JADERBERG = Recipe(
    epochs=100,
    batch_size=256,
    optimiser="sgd",
    learning_rate=0.01,
    weight_decay=0.0,
    schedule="step",
    decay=0.1,
    decay_steps=50_000,
)
"""Jaderberg et al. 2015, but for its length: their 150,000 steps would be 711 epochs of MNIST."""

SABOUR = Recipe(
    epochs=50,
    batch_size=128,
    optimiser="adam",
    learning_rate=1e-3,
    weight_decay=0.0,
    schedule="exponential",
    decay=0.96,
    decay_steps=2000,
    shift=2,
)
"""Sabour et al. 2017; their text gives no length."""

# Within a regime every model sees the same images, so this table alone states what they see. Only in the paper
# preset a model may follow its own paper; the convolutional networks there stand beside Jaderberg's transformers.
REGIME_RECIPES: Mapping[tuple[Regime, Preset], Recipe] = MappingProxyType(
    {
        ("clean", "smoke"): Recipe(epochs=2),
        ("augmented", "smoke"): Recipe(epochs=2),
        ("clean", "standard"): Recipe(epochs=10),
        ("augmented", "standard"): Recipe(epochs=15),
        ("clean", "paper"): JADERBERG,
        ("augmented", "paper"): JADERBERG,
    }
)
