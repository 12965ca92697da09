"""What figures of models' insides share: which models are shown, and what an earlier suite shows already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from runbench.formatting import listed
from runbench.store.introspection import Dimensions, Introspection, Learning, Reconstructions
from runbench.store.samples import StoredSamples

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST_MODELS = 3

T = TypeVar("T")

Columns = dict[str, Any]
"""The columns of a table by name."""


def transformers(samples: StoredSamples) -> dict[str, Introspection]:
    """Return the first models with spatial transformers, in the run's order."""
    return _first(samples, lambda model: model.transforms)


def capsules(samples: StoredSamples) -> dict[str, Introspection]:
    """Return the first models with capsules, in the run's order."""
    return _first(samples, lambda model: model.has_capsules)


def left_out(samples: StoredSamples, belongs: Callable[[Introspection], bool]) -> Iterator[str]:
    """Say which models that belong are not shown, if any are not."""
    models = [name for name, model in samples.introspections.items() if belongs(model)][MOST_MODELS:]
    if models:
        yield f"Shown are the first {MOST_MODELS} models in the run's order; left out: {listed(models)}."


def stored(models: Mapping[str, Introspection], group: Callable[[Introspection], T | None]) -> dict[str, T]:
    """Return one group of arrays of each of the models that store it."""
    found = {name: group(model) for name, model in models.items()}
    return {name: arrays for name, arrays in found.items() if arrays is not None}


def learning(samples: StoredSamples) -> dict[str, Learning]:
    """Return what was kept of training, of each transformer that was watched for several epochs."""
    kept = stored(transformers(samples), lambda model: model.learning)
    return {name: group for name, group in kept.items() if len(group.theta_epochs) > 1}


def reconstructions(samples: StoredSamples) -> dict[str, Reconstructions]:
    """Return the reconstructions of each model that stores some."""
    return stored(capsules(samples), lambda model: model.reconstructions)


def dimensions(samples: StoredSamples) -> dict[str, Dimensions]:
    """Return what the dimensions of capsules draw, of each model that stores it."""
    return stored(capsules(samples), lambda model: model.dimensions)


def same_arrays(groups: Mapping[str, DataclassInstance]) -> dict[str, Hashable]:
    """Return what tells each model's arrays from all others: two suites may hold the same of one network."""
    return {name: (name, type(group).__name__, _digest(group)) for name, group in groups.items()}


def same_model(groups: Mapping[str, DataclassInstance]) -> dict[str, Hashable]:
    """Return what tells models apart: one figure of each is enough for a run, whatever it was trained for."""
    return {name: (name, type(group).__name__) for name, group in groups.items()}


def drawn_once(samples: StoredSamples) -> set[Hashable]:
    """Return what of a suite no later suite draws again."""
    keys = (
        same_arrays(learning(samples)),
        same_arrays(reconstructions(samples)),
        same_model(dimensions(samples)),
    )
    return {key for group in keys for key in group.values()}


def elsewhere(keys: Mapping[str, Hashable], earlier: Mapping[Hashable, str]) -> dict[str, str]:
    """Return the earlier suite that shows a model, for those models that one shows."""
    return {model: earlier[key] for model, key in keys.items() if key in earlier}


def shown_elsewhere(what: str, places: Mapping[str, str]) -> Iterator[str]:
    """Say under which suite `what` of each model stands, if any does."""
    if places:
        yield f"{what} {listed([f'of {model} under {suite}' for model, suite in places.items()])}."


def rows_of_models(groups: Mapping[str, T], rows: Callable[[T], Columns]) -> pd.DataFrame:
    """Return what `rows` gives of each model's arrays as one table, with the model in front."""
    parts = [pd.DataFrame({"model": model, **rows(group)}) for model, group in groups.items()]
    return pd.concat(parts, ignore_index=True)


def even_places(count: int, most: int) -> list[int]:
    """Return at most `most` of `count` places, evenly apart."""
    return sorted({int(place) for place in np.linspace(0, count - 1, most).round()})


def _first(samples: StoredSamples, belongs: Callable[[Introspection], bool]) -> dict[str, Introspection]:
    models = [(name, model) for name, model in samples.introspections.items() if belongs(model)]
    return dict(models[:MOST_MODELS])


def _digest(group: DataclassInstance) -> str:
    digest = hashlib.sha256()
    for array in (getattr(group, item.name) for item in fields(group)):
        digest.update(str((array.dtype, array.shape)).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
