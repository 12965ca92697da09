"""What pictures of models' insides share: which models are shown, and what an earlier suite shows already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from runbench.formatting import listed
from runbench.store.introspection import Introspection
from runbench.store.samples import StoredSamples

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Drawn = dict[Hashable, str]
"""The suite in which a picture stands, by what it is of."""

MOST_MODELS = 3


def shown_of(
    gallery: StoredSamples, belongs: Callable[[Introspection], bool]
) -> tuple[dict[str, Introspection], list[str]]:
    """Return the first models of a family in the run's order, and the names of those that are left out."""
    models = [name for name, portrait in gallery.introspections.items() if belongs(portrait)]
    return {name: gallery.introspections[name] for name in models[:MOST_MODELS]}, models[MOST_MODELS:]


def left_out(models: list[str]) -> tuple[str, ...]:
    """Say which models of a family are not shown."""
    if not models:
        return ()
    return (f"Shown are the first {MOST_MODELS} models in the run's order; left out: {listed(models)}.",)


def fingerprint(model: str, group: DataclassInstance) -> Hashable:
    """Return what tells a model's arrays from all others: two suites may hold the same of one network."""
    digest = hashlib.sha256()
    for array in (getattr(group, item.name) for item in fields(group)):
        digest.update(str((array.dtype, array.shape)).encode() + np.ascontiguousarray(array).tobytes())
    return model, type(group).__name__, digest.hexdigest()


def first_time(keys: Mapping[str, Hashable], suite: str, drawn: Drawn) -> tuple[list[str], dict[str, str]]:
    """Return the models whose picture no earlier suite shows, and for the others that suite; note the first."""
    elsewhere = {model: drawn[key] for model, key in keys.items() if key in drawn}
    drawn.update({key: suite for model, key in keys.items() if model not in elsewhere})
    return [model for model in keys if model not in elsewhere], elsewhere


def shown_elsewhere(what: str, elsewhere: Mapping[str, str]) -> tuple[str, ...]:
    """Say in which section `what` of each model stands."""
    places = [f"of {model} under {suite}" for model, suite in elsewhere.items()]
    return (f"{what} {listed(places)}.",) if places else ()


def even_places(count: int, most: int) -> list[int]:
    """Return at most `most` of `count` places, evenly apart."""
    return sorted({int(place) for place in np.linspace(0, count - 1, most).round()})
