"""How models are trained: frozen recipes, one per preset and regime. No torch here."""

from dataclasses import dataclass
from typing import Literal

Preset = Literal["smoke", "standard", "paper"]
PRESETS: tuple[Preset, ...] = ("smoke", "standard", "paper")


@dataclass(frozen=True)
class Recipe:
    """State how long, with what optimiser and on what schedule a model is trained.

    `schedule` is a key of `bench.training.SCHEDULES`: "one-cycle" warms up to `learning_rate` and anneals to
    zero over all steps; "exponential" multiplies it by `decay` every `decay_steps` steps; "step" is the same
    in stairs. `shift` moves training images by up to that many whole pixels on each axis, uniformly, before
    any other augmentation (Sabour et al. 2017 use 2).
    """

    epochs: int
    batch_size: int = 64
    optimiser: Literal["adam", "adamw", "sgd"] = "adamw"
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    schedule: Literal["one-cycle", "exponential", "step"] = "one-cycle"
    decay: float = 1.0
    decay_steps: int = 1
    shift: int = 0


# Within a regime every model sees the same images: epochs and batch size belong to regime and preset.
STANDARD_RECIPES: dict[tuple[str, str], Recipe] = {
    ("clean", "smoke"): Recipe(epochs=2),
    ("augmented", "smoke"): Recipe(epochs=2),
    ("clean", "standard"): Recipe(epochs=10),
    ("augmented", "standard"): Recipe(epochs=25),
    ("clean", "paper"): Recipe(epochs=50, batch_size=128),
    ("augmented", "paper"): Recipe(epochs=50, batch_size=128),
}
