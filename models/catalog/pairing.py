"""How a variant is written once and offered in both regimes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runbench.models.recipes import PRESETS, Preset, Recipe
from runbench.models.spec import ModelSpec


def in_both_regimes(
    name: str,
    summary: str,
    parameters: int,
    *,
    group: str,
    builder: str,
    reference: str,
    recipes: Mapping[Preset, Recipe] | None = None,
    presets: tuple[Preset, ...] = PRESETS,
    **options: Any,
) -> tuple[ModelSpec, ModelSpec]:
    """Return one network as `name`, trained clean, and as `name`-augmented; `options` are its builder's."""
    clean = ModelSpec(
        name=name,
        builder=builder,
        regime="clean",
        architecture=name,
        summary=summary,
        reference=reference,
        options=options,
        recipes=recipes or {},
        group=group,
        parameters=parameters,
        presets=presets,
    )
    return clean, replace(clean, name=f"{name}-augmented", regime="augmented")
