"""Evaluate any network on any images: what `runbench.evaluate` is. Writes no file, trains nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

import numpy as np
import torch
from torch import Tensor, nn

from runbench.data.catalogue import DatasetSpec, dataset_named
from runbench.data.loading import Split
from runbench.data.test_images import lay_out
from runbench.errors import ModelFaultError, RegistrationError, UsageError
from runbench.evaluation.evaluation import Evaluation, evaluate_cell
from runbench.experiment import Cell
from runbench.models.answers import count_scores
from runbench.models.base import Classifier, as_classifier
from runbench.models.recipes import Regime
from runbench.models.spec import ModelSpec
from runbench.progress import Progress, bar
from runbench.suites import SUITES, Suite

GREYS = 255


def evaluate(
    module: nn.Module,
    suite: str | Suite,
    images: Tensor | np.ndarray,
    labels: Tensor | np.ndarray | Sequence[int],
    *,
    dataset: str | None = None,
    levels: Iterable[float] | None = None,
    layers: Sequence[str] = (),
    regime: Regime = "clean",
    name: str = "network",
    batch_size: int = 500,
    progress: Progress = bar,
) -> Evaluation:
    """Measure what a network does when its input is transformed; in memory, no files, and never trains.

    `module` gives scores (B, K) of images (B, C, H, W) in [0, 1]: logits, unless it is a Classifier that reads its
    scores another way. It stays on its device, and its weights and modes are left as they were. `images`
    (n, C, S, S) are uint8, or floating in [0, 1], which are rounded to the 256 greys of files; `labels` (n,) are
    whole numbers from 0 to K - 1. Suites whose canvas is larger than an image lay it on black.

    `dataset` names the dataset that the images are of, which decides how large their ink is, which labels a turn
    confuses and how images are paired. `levels` take the place of the suite's, `layers` names the modules of
    `module` whose features are measured (of what is no Classifier, the tables say "network." before the name),
    `regime` says whether the network was trained on changed images, `name` is what the tables call it.

    Raises UsageError for images, labels, names and networks that make no sense together.

    >>> module = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 2))
    >>> images, labels = torch.rand(10, 1, 28, 28), torch.arange(10) % 2
    >>> evaluation = evaluate(module, "rotation", images, labels, levels=[90, 180])
    >>> evaluation.predictions["level"].unique().tolist()
    [0.0, 90.0, 180.0]
    """
    if not isinstance(module, nn.Module):
        raise UsageError(f"a network is a torch.nn.Module, not {type(module).__name__}")
    if batch_size < 1:
        raise UsageError(f"batch size {batch_size} makes no sense: it is a positive whole number")
    split = _split(torch.as_tensor(images), torch.as_tensor(labels))
    classifier = as_classifier(module)
    with _left_as_it_was(module):
        device = _device(module)
        measured = _suite(suite, split, dataset, levels)
        classes = _class_count(classifier, split, measured.canvas, device)
        cell = Cell(measured, _spec(module, classifier, name, regime, layers), seed=0)
        spec = _dataset(split, dataset, classes)
        shown = lay_out(measured, spec.name, split, None)
        try:
            return evaluate_cell(cell, classifier, spec, shown, batch_size, device, progress)
        except ModelFaultError as error:
            raise UsageError(f"{name}: {error}") from error


def _split(images: Tensor, labels: Tensor) -> Split:
    """Return images and labels as the bench holds them; raise UsageError for what they cannot be."""
    shape = tuple(images.shape)
    if images.ndim != 4 or shape[2] != shape[3] or 0 in shape:
        raise UsageError(f"images are squares (n, channels, side, side), not {shape}")
    if images.is_floating_point():
        least, most = float(images.min()), float(images.max())
        if not (least >= 0 and most <= 1):
            raise UsageError(
                f"floating images lie in [0, 1], not in [{least:g}, {most:g}]: leave normalisation to the network"
            )
        images = images.detach().mul(GREYS).round().to(torch.uint8)
    elif images.dtype != torch.uint8:
        raise UsageError(f"images are uint8 or floating, not {images.dtype}")
    if tuple(labels.shape) != (len(images),):
        raise UsageError(f"{len(images)} images need labels ({len(images)},), not {tuple(labels.shape)}")
    if labels.is_floating_point() or labels.dtype == torch.bool or int(labels.min()) < 0:
        raise UsageError("labels are whole numbers from 0")
    return Split(images.cpu(), labels.to("cpu", torch.int64))


def _suite(suite: str | Suite, split: Split, dataset: str | None, levels: Iterable[float] | None) -> Suite:
    """Return the suite, fitted to the images, at the levels asked for."""
    if isinstance(suite, str):
        if suite not in SUITES:
            near = difflib.get_close_matches(suite, SUITES, n=3, cutoff=0.4) or SUITES
            raise UsageError(f"there is no suite {suite!r}; did you mean {', '.join(near)}?", see="suites")
        suite = SUITES[suite]
    channels = split.images.shape[1]
    if suite.objects > 1 and channels > 1:
        raise UsageError(f"{suite.name} lays grey images over one another: give one channel, not {channels}")
    if suite.objects > 1 and len(split.labels.unique()) == 1:
        raise UsageError(f"{suite.name} puts images of different classes together: give images of several")
    side = split.images.shape[-1]
    fitted = suite.fit(side, _extent(side, dataset))
    return fitted if levels is None else fitted.swept_at(tuple(levels))


def _extent(side: int, dataset: str | None) -> int:
    if dataset is None:
        return side
    spec = dataset_named(dataset)
    if spec.side != side:
        raise UsageError(f"images of {spec.name} are {spec.side} pixels wide, not {side}")
    return spec.extent


def _dataset(split: Split, dataset: str | None, classes: int) -> DatasetSpec:
    """Return what is known of the images: the dataset that was named, or one that says nothing."""
    if int(split.labels.max()) >= classes:
        raise UsageError(f"label {int(split.labels.max())} has no score: the network gives {classes}, from 0")
    if dataset is None:
        side = split.images.shape[-1]
        names = tuple(map(str, range(classes)))
        return DatasetSpec("images", "given images", load="", classes=names, side=side, extent=side)
    spec = dataset_named(dataset)
    if len(spec.classes) != classes:
        raise UsageError(f"{spec.name} has {len(spec.classes)} classes, and the network gives {classes} scores")
    return spec


def _spec(
    module: nn.Module, classifier: Classifier, name: str, regime: Regime, layers: Sequence[str]
) -> ModelSpec:
    known = dict(module.named_modules())
    unknown = [layer for layer in layers if layer not in known]
    if unknown:
        raise UsageError(f"the network has no module {unknown[0]!r}; see named_modules()")
    paths = {part: path for path, part in classifier.named_modules()}
    chosen = tuple(paths[known[layer]] for layer in layers)
    try:
        return ModelSpec(name, type(module), regime, name, type(module).__name__, layers=chosen)
    except RegistrationError as error:
        raise UsageError(str(error)) from error


def _class_count(classifier: Classifier, split: Split, canvas: int, device: torch.device) -> int:
    """Return how many scores the network gives; raise UsageError where it does not take the suite's images."""
    try:
        return count_scores(classifier, split.images.shape[1], canvas, device)
    except ModelFaultError as error:
        raise UsageError(str(error)) from error


def _device(module: nn.Module) -> torch.device:
    """Return where the network is: on the device of its first tensor, the CPU where it has none."""
    return next((tensor.device for tensor in chain(module.parameters(), module.buffers())), torch.device("cpu"))


@contextmanager
def _left_as_it_was(module: nn.Module) -> Iterator[None]:
    """Put every part back into its mode, and torch's generators into their state, whatever happens."""
    modes = [(part, part.training) for part in module.modules()]
    with torch.random.fork_rng():
        try:
            yield
        finally:
            for part, training in modes:
                part.training = training
