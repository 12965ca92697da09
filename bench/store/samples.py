"""Sample images along a sweep, with what each model answers and shows of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

import numpy as np
import numpy.typing as npt

from runbench.errors import DamagedFileError
from runbench.store import files, sums
from runbench.store.folders import RunFolder
from runbench.store.introspection import Introspection, introspection_of

Array = npt.NDArray[Any]

_ANSWERS = re.compile(r"(?P<model>.+)-seed(?P<seed>\d+)")


@final
@dataclass(frozen=True)
class StoredSamples:
    """Sample images along a sweep and the models' answers.

    images (S, L, H, W) or (S, L, C, H, W), levels (L,), sample (S,), confidence (S, L); labels (S,) and predicted
    (S, L), of label sets (S, 2) and (S, L, 2). `introspections` are what the models' files show of their inside,
    `faults` what of it is left out and why, by model.
    """

    images: Array
    levels: Array
    sample: Array
    labels: Array
    predicted: dict[str, Array]
    confidence: dict[str, Array]
    introspections: dict[str, Introspection] = field(default_factory=dict)
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)


def no_samples() -> StoredSamples:
    """Return the samples of a suite that has none."""
    empty = np.empty((0, 0))
    return StoredSamples(empty, empty.ravel(), empty.ravel(), empty.ravel(), {}, {})


def read_samples(folder: RunFolder, suite: str, models: list[str]) -> StoredSamples | None:
    """Read a suite's sample images and each model's answers, lowest seed first; None without images.

    `models` gives the order. Raises DamagedFileError for a cut file or arrays that do not belong together.
    """
    if not folder.samples(suite).exists():
        return None
    samples = _arrays(folder, folder.samples(suite), ("images", "levels", "sample", "labels"))
    shape = samples["images"].shape[:2]
    found: dict[str, tuple[int, Path]] = {}
    for path in folder.introspected(suite):
        matched = _ANSWERS.fullmatch(path.stem)
        if matched:
            answer = (int(matched["seed"]), path)
            found[matched["model"]] = min(answer, found.get(matched["model"], answer))
    ordered = sorted(found, key=lambda name: (models.index(name) if name in models else len(models), name))
    answers = {name: _arrays(folder, found[name][1], ("predicted", "confidence")) for name in ordered}
    labels = samples["labels"].shape
    odd = [name for name, arrays in answers.items() if arrays["predicted"].shape != (*shape, *labels[1:])]
    if odd or samples["levels"].shape != shape[1:] or labels not in (shape[:1], (*shape[:1], 2)):
        raise DamagedFileError(f"{folder.samples(suite).parent} holds arrays of unequal shapes")
    sizes = {"S": shape[0], "L": shape[1], "k": (*labels, 1)[1]}
    read = {name: introspection_of(arrays, sizes) for name, arrays in answers.items()}
    return StoredSamples(
        images=samples["images"],
        levels=samples["levels"].astype(np.float64),
        sample=samples["sample"],
        labels=samples["labels"],
        predicted={name: arrays["predicted"] for name, arrays in answers.items()},
        confidence={name: arrays["confidence"] for name, arrays in answers.items()},
        introspections={name: shown for name, (shown, _) in read.items()},
        faults={name: faults for name, (_, faults) in read.items() if faults},
    )


def _arrays(folder: RunFolder, path: Path, names: tuple[str, ...]) -> dict[str, Array]:
    arrays = files.read_arrays(sums.checked(folder, path))
    absent = [name for name in names if name not in arrays]
    if absent:
        raise DamagedFileError(f"{path} lacks {', '.join(absent)}")
    return arrays
