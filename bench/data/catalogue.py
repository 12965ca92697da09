"""The datasets: what there is, as data. No torch; `runbench.data.loading` reads them."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, final

from runbench.errors import RegistrationError, UnusableEnvironmentError, UsageError
from runbench.registration import Registry

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

FOLDER = "folder:"
"""What the name of a dataset begins with that is a folder of images; the rest is its path."""

FOLDER_SIDE = 32
"""Side of the square that the images of a folder are brought to, in pixels."""


@final
@dataclass(frozen=True)
class Confusion:
    """Labels that a transform beyond a level makes ambiguous: a six turned over is a nine."""

    transform: str
    beyond: float
    labels: tuple[int, ...]


@final
@dataclass(frozen=True)
class DatasetSpec:
    """A dataset: `load` names "module:function", called with a data folder and `options`.

    Images are squares of `side` pixels, and an object's ink lies in a box of `extent` pixels. `background` says
    whether objects lie on black or images are filled. `confusions` lists which labels which transform confuses.
    """

    name: str
    summary: str
    load: str
    classes: tuple[str, ...]
    side: int = 28
    extent: int = 28
    background: Literal["black", "filled"] = "black"
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    confusions: tuple[Confusion, ...] = ()

    def ambiguous_labels(self, transform: str, level: float) -> tuple[int, ...]:
        """Return the labels that `transform` at `level` makes ambiguous."""
        return tuple(
            label
            for confusion in self.confusions
            if confusion.transform == transform and abs(level) > confusion.beyond
            for label in confusion.labels
        )


DIGITS = tuple("0123456789")
SIX_AND_NINE = (Confusion("runbench.transforms.geometric:Rotation", beyond=90.0, labels=(6, 9)),)

_BUILT_IN = (
    DatasetSpec(
        name="mnist10k",
        summary="embedded: the first 10,000 digits of MNIST's training set (7,000 / 1,000 / 2,000)",
        load="runbench.data.loading:load_embedded",
        classes=DIGITS,
        extent=20,
        confusions=SIX_AND_NINE,
    ),
    DatasetSpec(
        name="mnist",
        summary="MNIST: 54,000 / 6,000 / 10,000 handwritten digits",
        load="runbench.data.loading:load_torchvision",
        classes=DIGITS,
        extent=20,
        options=MappingProxyType({"builder": "MNIST"}),
        confusions=SIX_AND_NINE,
    ),
    DatasetSpec(
        name="fashion-mnist",
        summary="Fashion-MNIST: 54,000 / 6,000 / 10,000 pieces of clothing",
        load="runbench.data.loading:load_torchvision",
        classes=(
            "T-shirt",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "boot",
        ),
        options=MappingProxyType({"builder": "FashionMNIST"}),
    ),
    DatasetSpec(
        name="kmnist",
        summary="Kuzushiji-MNIST: 54,000 / 6,000 / 10,000 cursive Japanese characters",
        load="runbench.data.loading:load_torchvision",
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        options=MappingProxyType({"builder": "KMNIST"}),
    ),
    DatasetSpec(
        name="emnist-digits",
        summary="EMNIST digits: 216,000 / 24,000 / 40,000 handwritten digits",
        load="runbench.data.loading:load_torchvision",
        classes=DIGITS,
        options=MappingProxyType({"builder": "EMNIST", "split": "digits"}),
        confusions=SIX_AND_NINE,
    ),
    DatasetSpec(
        name="cifar10",
        summary="CIFAR-10: 45,000 / 5,000 / 10,000 photographs of animals and vehicles",
        load="runbench.data.loading:load_torchvision",
        classes=(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
        side=32,
        extent=32,
        background="filled",
        options=MappingProxyType({"builder": "CIFAR10"}),
    ),
    DatasetSpec(
        name="svhn",
        summary="SVHN: 65,932 / 7,325 / 26,032 digits in photographs of house numbers",
        load="runbench.data.loading:load_torchvision",
        classes=DIGITS,
        side=32,
        extent=32,
        background="filled",
        options=MappingProxyType({"builder": "SVHN"}),
        confusions=SIX_AND_NINE,
    ),
)

DATASETS = Registry("dataset", ((dataset.name, dataset) for dataset in _BUILT_IN))


def register_dataset(dataset: DatasetSpec) -> DatasetSpec:
    """Add a dataset and return it; raise RegistrationError for a name that is taken or is no plain one."""
    if not NAME.fullmatch(dataset.name):
        raise RegistrationError(
            f"dataset name {dataset.name[:80]!r} is refused: use at most 64 small letters, digits, '.', '_', '-', "
            "the first of them a letter or digit"
        )
    DATASETS.add(dataset.name, dataset)
    return dataset


def dataset_named(name: str) -> DatasetSpec:
    """Return the dataset called `name`: one of DATASETS, or "folder:PATH" for a folder of images.

    Raises UsageError with the nearest names for any other name, UnusableEnvironmentError for a folder
    that is not one of images.
    """
    if name in DATASETS:
        return DATASETS[name]
    if name.startswith(FOLDER) and name != FOLDER:
        return _folder_of_images(name.removeprefix(FOLDER))
    near = difflib.get_close_matches(name.lower(), DATASETS, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(DATASETS)} and {FOLDER}PATH"
    raise UsageError(f"there is no dataset {name[:80]!r}; {hint}")


def class_folders(folder: Path) -> tuple[Path, ...]:
    """Return the folders of a folder's classes, sorted by name.

    Raises UnusableEnvironmentError where the folder cannot be read or holds fewer than two.
    """
    found = tuple(entry for entry in visible_entries(folder) if entry.is_dir())
    if len(found) < 2:
        raise UnusableEnvironmentError(
            f"{folder} must hold a folder of images per class, at least two of them; it holds {len(found)}"
        )
    return found


def visible_entries(folder: Path) -> tuple[Path, ...]:
    """Return what a folder holds, sorted by name, hidden files and folders left out.

    Raises UnusableEnvironmentError where it cannot be read.
    """
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        raise UnusableEnvironmentError(
            f"{folder} cannot be read as a folder ({error.strerror}); name one with a folder of images per class"
        ) from error
    return tuple(sorted(entries, key=lambda entry: entry.name))


def _folder_of_images(path: str) -> DatasetSpec:
    try:
        folder = Path(path).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise UnusableEnvironmentError(f"{path} cannot be read as a folder ({error})") from error
    classes = tuple(found.name for found in class_folders(folder))
    # Runs and their folders are named after the dataset
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.name).strip("-")
    return DatasetSpec(
        name=f"folder-{plain}".rstrip("-"),
        summary=f"{len(classes)} classes of images from {folder} (70% / 10% / 20%)",
        load="runbench.data.image_folder:load_folder",
        classes=classes,
        side=FOLDER_SIDE,
        extent=FOLDER_SIDE,
        background="filled",
        options=MappingProxyType({"path": str(folder)}),
    )
