"""From words to what a run is: every name resolved, and everything refused that makes no sense. No torch."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, TypeVar, final

from runbench.data.catalogue import DatasetSpec, dataset_named
from runbench.environment import available_threads
from runbench.errors import UsageError
from runbench.models.recipes import PRESETS, Preset
from runbench.models.registry import UnknownModelError, get_model, registered_models
from runbench.models.spec import ModelSpec
from runbench.pipeline.configuration import Configuration
from runbench.plugins import load_entry_points, load_plugins
from runbench.store.folders import CHECKPOINTS
from runbench.suites import SUITES, Suite, groups

T = TypeVar("T")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
PRECISIONS = ("fp32", "bf16")
SEEDS = 2**31
"""How many training seeds there are, from 0."""

CORE = "core"
"""The tag of the models that a run trains where none are named."""


@final
class Settings(TypedDict, total=False):
    """How a run is made, as `run` and `plan` take it; `resolve` has the defaults."""

    models: Iterable[str] | Mapping[str, Iterable[str]] | None
    seeds: Iterable[int]
    preset: str
    dataset: str
    data: str | Path
    name: str | None
    output: str | Path
    device: str
    precision: str
    batch_size: int
    limit: int | None
    threads: int | None
    levels: Iterable[float] | None
    epochs: int | None
    weights: Mapping[str, str | Path]
    plugins: Iterable[str]


def resolve(
    suites: str | Iterable[str],
    *,
    models: Iterable[str] | Mapping[str, Iterable[str]] | None = None,
    seeds: Iterable[int] = (0,),
    preset: str = "standard",
    dataset: str = "mnist10k",
    data: str | Path = "data",
    name: str | None = None,
    output: str | Path = "results",
    device: str = "auto",
    precision: str = "fp32",
    batch_size: int = 500,
    limit: int | None = None,
    threads: int | None = None,
    levels: Iterable[float] | None = None,
    epochs: int | None = None,
    weights: Mapping[str, str | Path] = MappingProxyType({}),
    plugins: Iterable[str] = (),
) -> Configuration:
    """Resolve every name of a run; raise UsageError for what makes no sense.

    `suites` names suites and groups. `models` names those to measure, by suite where it is a mapping; the core
    models and those of plug-ins where it is None. A plug-in that is broken is named in the configuration.
    """
    suites = _unique([suites] if isinstance(suites, str) else suites)
    if not suites:
        raise UsageError("name a suite, such as rotation", see="suites")
    known_preset, known_precision = _choice("preset", preset, PRESETS), _choice("precision", precision, PRECISIONS)
    for what, number in (("batch size", batch_size), ("limit", limit), ("threads", threads), ("epochs", epochs)):
        if number is not None and number < 1:
            raise UsageError(f"{what} {number} makes no sense: it is a positive whole number")
    if not DEVICE.fullmatch(device):
        raise UsageError(f"there is no device {device!r}; use auto, cpu, cuda, cuda:N or mps")
    # Plug-ins first: they may bring suites and datasets as well as models
    before = {spec.name for spec in registered_models()}
    plugins = tuple(_unique(plugins))
    broken = tuple(register_plugins(plugins))
    images = dataset_named(dataset)
    chosen, left_out = _suites(suites, images)
    fitted = tuple(suite.fit(images.side, images.extent) for suite in chosen)
    if levels is not None:
        if len(fitted) > 1:
            raise UsageError(f"levels belong to one suite, not to {len(fitted)}: name one")
        fitted = (fitted[0].swept_at(tuple(levels)),)
    for model, path in weights.items():
        if not Path(path).is_file():
            raise UsageError(f"there is no file {path} of weights for {model}")
    models_of = {suite: tuple(names) for suite, names in models.items()} if isinstance(models, Mapping) else {}
    named = [name for names in models_of.values() for name in names] if models_of else models
    specs = _models(named, known_preset, epochs, before, broken)
    for model in weights:
        if model not in {spec.name for spec in specs}:
            raise UsageError(f"weights are given for {model!r}, which is not among the models of this run")
    return Configuration(
        name=run_name(name or default_name(suites, dataset, preset)),
        suites=fitted,
        models=specs,
        seeds=tuple(_unique(map(_seed, seeds))),
        dataset=images,
        data=Path(data),
        preset=known_preset,
        device=device,
        precision=known_precision,
        batch_size=batch_size,
        limit=limit,
        threads=threads or available_threads(),
        output=Path(output),
        plugins=plugins,
        weights={model: Path(path) for model, path in weights.items()},
        left_out=left_out,
        models_of=models_of,
        broken=broken,
    )


def default_name(words: Iterable[str], dataset: str = "mnist10k", preset: str = "standard") -> str:
    """Return what a run is called that is given no name: what is measured, the dataset and the preset."""
    return "-".join([*words, dataset_named(dataset).name, preset])


def run_name(name: str) -> str:
    """Return a run's name; raise UsageError for one that is no plain folder name."""
    if not NAME.fullmatch(name) or name == CHECKPOINTS:
        raise UsageError(
            f"run name {name[:80]!r} is refused: use at most 100 letters, digits, '.', '_', '+', '-', "
            f"the first of them a letter or digit, and not {CHECKPOINTS!r}"
        )
    return name


def register_plugins(plugins: Sequence[str]) -> list[str]:
    """Register what installed packages and the named plug-ins bring; return a line for each broken one."""
    groups = ("runbench.models", "runbench.suites", "runbench.datasets", "runbench.feature_metrics")
    broken = [one for group in groups for one in load_entry_points(group)]
    return [str(one) for one in (*broken, *load_plugins(plugins))]


def _models(
    names: Iterable[str] | None, preset: Preset, epochs: int | None, before: Collection[str], broken: Iterable[str]
) -> tuple[ModelSpec, ...]:
    core = [spec.name for spec in registered_models() if CORE in spec.tags]
    added = [spec.name for spec in registered_models() if spec.name not in before]
    try:
        models = tuple(get_model(name) for name in _unique([*core, *added] if names is None else names))
    except UnknownModelError as error:
        raise UsageError("; ".join([str(error), *broken])) from error
    for spec in models:
        if preset not in spec.presets:
            raise UsageError(f"the model {spec.name!r} is built for the preset {' or '.join(spec.presets)} only")
    if epochs is None:
        return models
    # The other recipes are one schedule from warming up to rest, the same images for all models of a regime
    if preset != "paper":
        raise UsageError(f"epochs cut the published recipes short, so they need the preset paper, not {preset}")
    return tuple(
        replace(spec, recipes={**spec.recipes, preset: replace(spec.recipe(preset), epochs=epochs)})
        for spec in models
    )


def _suites(names: Iterable[str], dataset: DatasetSpec) -> tuple[tuple[Suite, ...], dict[str, str]]:
    """Resolve names of suites and of groups, and say which of a group do not suit the data, and why.

    A suite that is named itself and does not suit the data is refused.
    """
    chosen: dict[str, Suite] = {}
    left_out: dict[str, str] = {}
    together = groups()
    for name in names:
        if name not in together and name not in SUITES:
            known = [*SUITES, *together]
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known
            raise UsageError(f"there is no suite {name!r}; did you mean {', '.join(near)}?")
        for suite in together.get(name) or (SUITES[name],):
            reason = suite.only_on_black if dataset.background == "filled" else ""
            if not reason:
                chosen[suite.name] = suite
            elif name in together:
                left_out[suite.name] = reason
            else:
                raise UsageError(f"the suite {name!r} makes no sense for {dataset.name}: {reason}")
    if not chosen:
        raise UsageError(f"no suite of those makes sense for {dataset.name}: {'; '.join(left_out.values())}")
    return tuple(chosen.values()), left_out


def _unique(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


def _choice(what: str, value: str, values: tuple[T, ...]) -> T:
    for known in values:
        if value == known:
            return known
    raise UsageError(f"there is no {what} {value!r}; there are {', '.join(map(str, values))}")


def _seed(seed: int) -> int:
    if not 0 <= seed < SEEDS:
        raise UsageError(f"seed {seed} makes no sense: it is a whole number from 0 to {SEEDS - 1}")
    return seed
