"""Read a dataset into memory as uint8 tensors, split once and for all.

Validation images come from the training images. Every split is in stratified order, so its first n images are
a fair sample of it.
"""

import hashlib
import importlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import torch

from runbench.data.catalogue import DatasetSpec
from runbench.data.shapes import Images, Labels
from runbench.environment import purpose_seed
from runbench.errors import UnusableEnvironmentError

EMBEDDED = Path(__file__).with_name("assets") / "mnist10k.npz"
EMBEDDED_SHA256 = "29f7e412a2d57447c339a8f5d6f3240bf5917b436b5717d9d749fe43ab28592d"


@final
@dataclass(frozen=True)
class Split:
    """Images (n, C, H, W), uint8, and their labels (n,), int64."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None) -> "Split":
        """Return the first `count` samples, all of them for None."""
        return Split(self.images[:count], self.labels[:count])

    def take(self, order: np.ndarray) -> "Split":
        """Return the samples at the positions `order`."""
        return Split(self.images[order], self.labels[order])


@final
@dataclass(frozen=True)
class Dataset:
    """The three splits of a dataset, whole, and the sha256 of all their bytes."""

    spec: DatasetSpec
    train: Split
    validation: Split
    test: Split
    sha256: str


def load_dataset(spec: DatasetSpec, folder: Path) -> Dataset:
    """Load a dataset, every split whole.

    Raises UnusableEnvironmentError where data is missing and cannot be downloaded, cut, or of a wrong checksum.
    """
    module, function = spec.load.split(":")
    splits = getattr(importlib.import_module(module), function)(folder, **spec.options)
    train, validation, test = splits
    return Dataset(spec, train, validation, test, sha256=_sha256(splits))


def stratified_order(labels: np.ndarray, seed: int) -> np.ndarray:
    """Return an order of all samples, random within each class, of which every prefix has the classes' shares."""
    shuffle = np.random.default_rng(seed)
    position = np.empty(len(labels))
    for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
        position[labels == label] = (shuffle.permutation(count) + shuffle.random(count)) / count
    return np.argsort(position, kind="stable")


def load_embedded(folder: Path) -> tuple[Split, Split, Split]:  # noqa: ARG001
    """Load mnist10k: 7,000 training, 1,000 validation and 2,000 test digits of the embedded 10,000."""
    content = EMBEDDED.read_bytes()
    if hashlib.sha256(content).hexdigest() != EMBEDDED_SHA256:
        raise UnusableEnvironmentError(f"{EMBEDDED} is not the file that was shipped; install the package again")
    with np.load(io.BytesIO(content)) as arrays:
        everything = Split(torch.from_numpy(arrays["images"])[:, None], torch.from_numpy(arrays["labels"]).long())
    order = stratified_order(everything.labels.numpy(), purpose_seed("split", "mnist10k"))
    return everything.take(order[3000:]), everything.take(order[2000:3000]), everything.take(order[:2000])


def _read_grey(part: Any) -> Split:
    """Read a torchvision dataset that holds tensors (n, H, W)."""
    return Split(part.data[:, None].contiguous(), part.targets.long())


def _read_grey_transposed(part: Any) -> Split:
    """Read a torchvision dataset that holds tensors (n, W, H)."""
    return Split(part.data.transpose(1, 2)[:, None].contiguous(), part.targets.long())


def _read_channels_last(part: Any) -> Split:
    """Read a torchvision dataset that holds an array (n, H, W, C) and a list of labels."""
    return Split(torch.from_numpy(part.data).movedim(-1, 1).contiguous(), torch.tensor(part.targets).long())


def _read_channels_first(part: Any) -> Split:
    """Read a torchvision dataset that holds arrays (n, C, H, W) and (n,)."""
    return Split(torch.from_numpy(part.data).contiguous(), torch.from_numpy(part.labels).long())


BY_FLAG: tuple[Mapping[str, Any], ...] = ({"train": True}, {"train": False})
BY_NAME: tuple[Mapping[str, Any], ...] = ({"split": "train"}, {"split": "test"})


@final
@dataclass(frozen=True)
class Source:
    """How torchvision keeps a dataset.

    `files` is where its files lie within the data folder, `read` makes a Split of an instance of its class, and
    `parts` are that class's arguments for the training and the test images.
    """

    files: str
    read: Callable[[Any], Split]
    parts: tuple[Mapping[str, Any], ...] = BY_FLAG


SOURCES: Mapping[str, Source] = {
    "MNIST": Source("MNIST/raw", _read_grey),
    "FashionMNIST": Source("FashionMNIST/raw", _read_grey),
    "KMNIST": Source("KMNIST/raw", _read_grey),
    "EMNIST": Source("EMNIST/raw", _read_grey_transposed),
    "CIFAR10": Source("cifar-10-batches-py", _read_channels_last),
    "SVHN": Source("", _read_channels_first, BY_NAME),
}
"""The datasets that torchvision keeps, by the names of its classes."""


def load_torchvision(folder: Path, builder: str, **options: str) -> tuple[Split, Split, Split]:
    """Load a torchvision dataset, downloading it when missing.

    A tenth of the training images is held out for validation.

    `builder` is the class's name in torchvision.datasets; `options` are its further arguments.
    """
    from torchvision import datasets

    source = SOURCES[builder]
    try:
        parts = [
            getattr(datasets, builder)(str(folder), download=True, **part, **options) for part in source.parts
        ]
    except (RuntimeError, OSError, ValueError, TypeError, EOFError, AssertionError) as error:
        reason = " ".join(str(error).split()) or "its files are cut"
        raise UnusableEnvironmentError(
            f"{builder} is neither whole in {folder} nor could it be downloaded ({reason}); put its files under "
            f"{folder / source.files} or choose another folder with --data"
        ) from error
    train, test = (source.read(part) for part in parts)
    for split in (train, test):
        if len(split.images) != len(split):
            raise UnusableEnvironmentError(
                f"{builder} in {folder}: {len(split.images)} images, {len(split)} labels"
            )
    order = stratified_order(train.labels.numpy(), purpose_seed("split", builder))
    test_order = stratified_order(test.labels.numpy(), purpose_seed("test order", builder))
    held_out = len(train) // 10
    return train.take(order[held_out:]), train.take(order[:held_out]), test.take(test_order)


def _sha256(splits: tuple[Split, ...]) -> str:
    digest = hashlib.sha256()
    for split in splits:
        digest.update(split.images.numpy().tobytes())
        digest.update(split.labels.numpy().tobytes())
    return digest.hexdigest()
