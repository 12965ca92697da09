"""From words to what a run is: every name resolved, and everything refused that makes no sense. No torch."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from runbench.data.catalogue import DatasetSpec, UnknownDatasetError, dataset_named
from runbench.environment import available_threads
from runbench.errors import UsageError
from runbench.models.plugins import load_entry_points, load_plugins
from runbench.models.recipes import Preset
from runbench.models.registry import UnknownModelError, get_model, registered_models
from runbench.models.spec import ModelSpec
from runbench.pipeline.configuration import Configuration
from runbench.store.folders import CHECKPOINTS
from runbench.suites import SUITES, Suite, groups

T = TypeVar("T")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
CORE = "core"
"""The tag of the models that a run trains where none are named."""


def configuration_of(options: argparse.Namespace) -> tuple[Configuration, list[str]]:
    """Resolve every name of a run, and say which plug-ins are broken; raise UsageError for what makes no sense."""
    if not options.suite:
        raise UsageError("name a suite: --suite rotation", see="suites")
    # Plug-ins first: they may bring suites and datasets as well as models
    before = {spec.name for spec in registered_models()}
    broken = register_plugins(options.plugin)
    try:
        dataset = dataset_named(options.dataset)
    except UnknownDatasetError as error:
        raise UsageError(str(error)) from error
    suites, left_out = _suites(_unique(options.suite), dataset)
    suites = tuple(suite.fit(dataset.side, dataset.extent) for suite in suites)
    if options.levels is not None:
        suites = (with_levels(suites, options.levels),)
    if not DEVICE.fullmatch(options.device):
        raise UsageError(f"there is no device {options.device!r}; use auto, cpu, cuda, cuda:N or mps")
    weights = dict(_weight(text) for text in options.weights)
    name = options.name or "-".join([*_unique(options.suite), dataset.name, options.preset])
    name = run_name(name)
    models = _models(options, weights, before, broken)
    configuration = Configuration(
        name=name,
        suites=suites,
        models=models,
        seeds=tuple(_unique(options.seeds)),
        dataset=dataset,
        data=options.data,
        preset=options.preset,
        device=options.device,
        precision=options.precision,
        batch_size=options.batch_size,
        limit=options.limit,
        threads=options.threads or available_threads(),
        output=options.output,
        reports=options.reports,
        plugins=tuple(_unique(options.plugin)),
        weights=weights,
        left_out=left_out,
    )
    return configuration, broken


def with_levels(suites: tuple[Suite, ...], levels: Sequence[float]) -> Suite:
    """Return the only suite, swept at these levels and its identity; raise UsageError where they make no sense."""
    if len(suites) > 1:
        raise UsageError(f"--levels belongs to one suite, not to {len(suites)}: name one with --suite")
    (suite,) = suites
    if not suite.axis:
        raise UsageError(f"--levels makes no sense for {suite.name}, a set that is tested as it is")
    low, high = suite.domain
    for level in levels:
        if not low <= level <= high:
            raise UsageError(
                f"--levels {level:g} makes no sense for {suite.name}: its {suite.axis} goes from {low:g} to "
                f"{high:g} {suite.unit}"
            )
        if suite.whole and level != round(level):
            raise UsageError(f"--levels {level:g} makes no sense for {suite.name}: its {suite.unit} are whole")
    swept = tuple(sorted({*levels, suite.identity}))
    if swept == (suite.identity,):
        raise UsageError(f"--levels: name one beside {suite.identity:g}, at which {suite.name} changes nothing")
    return replace(suite, levels=swept)


def with_epochs(spec: ModelSpec, preset: Preset, epochs: int) -> ModelSpec:
    """Return the model, trained for the first `epochs` of its recipe; raise UsageError where all are needed.

    Only the published recipes can be cut short: the others are one schedule from warming up to rest, and within a
    regime every model sees the same images.
    """
    if preset != "paper":
        raise UsageError(f"--epochs cuts the published recipes short, so it needs --preset paper, not {preset}")
    recipe = replace(spec.recipe(preset), epochs=epochs)
    return replace(spec, recipes={**spec.recipes, preset: recipe})


def run_name(name: str) -> str:
    """Return a run's name; raise UsageError for one that is no plain folder name."""
    if not NAME.fullmatch(name) or name == CHECKPOINTS:
        raise UsageError(
            f"run name {name[:80]!r} is refused: use at most 100 letters, digits, '.', '_', '+', '-', "
            f"the first of them a letter or digit, and not {CHECKPOINTS!r}"
        )
    return name


def register_plugins(plugins: Iterable[str]) -> list[str]:
    """Register what installed packages and the named plug-ins bring; return a line for each broken one."""
    broken = [
        *load_entry_points(),
        *load_entry_points("runbench.suites", [SUITES]),
        *load_plugins(plugins, [SUITES]),
    ]
    return [f"plug-in {one.plugin} is broken: {one.reason}" for one in broken]


def _models(
    options: argparse.Namespace, weights: Iterable[str], before: Collection[str], broken: Iterable[str]
) -> tuple[ModelSpec, ...]:
    core = [spec.name for spec in registered_models() if CORE in spec.tags]
    added = [spec.name for spec in registered_models() if spec.name not in before]
    try:
        models = tuple(get_model(name) for name in _unique(options.models or [*core, *added]))
    except UnknownModelError as error:
        raise UsageError("; ".join([str(error), *broken])) from error
    for spec in models:
        if options.preset not in spec.presets:
            raise UsageError(f"the model {spec.name!r} is built for --preset {' or '.join(spec.presets)} only")
    if options.epochs is not None:
        models = tuple(with_epochs(spec, options.preset, options.epochs) for spec in models)
    for name in weights:
        if name not in {spec.name for spec in models}:
            raise UsageError(f"--weights names {name!r}, which is not among the models of this run")
    return models


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
            reason = unsuited(suite, dataset)
            if not reason:
                chosen[suite.name] = suite
            elif name in together:
                left_out[suite.name] = reason
            else:
                raise UsageError(f"the suite {name!r} makes no sense for {dataset.name}: {reason}")
    if not chosen:
        raise UsageError(f"no suite of those makes sense for {dataset.name}: {'; '.join(left_out.values())}")
    return tuple(chosen.values()), left_out


def unsuited(suite: Suite, dataset: DatasetSpec) -> str:
    """Say why a suite makes no sense for a dataset; empty where it does."""
    return suite.only_on_black if dataset.ground == "filled" else ""


def _unique(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


def _weight(text: str) -> tuple[str, Path]:
    model, equals, file = text.partition("=")
    if not equals or not file:
        raise UsageError(f"--weights {text!r}: write MODEL=FILE.safetensors")
    if not Path(file).is_file():
        raise UsageError(f"--weights {text!r}: there is no file {file}")
    return model, Path(file)
