"""The datasets: what there is, as data. No torch; `bench.loading` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Confusion:
    """State that a transform beyond a level makes some labels ambiguous: a six turned over is a nine."""

    transform: str
    beyond: float
    labels: tuple[int, ...]


@dataclass(frozen=True)
class DatasetSpec:
    """Describe a dataset: `load` names "module:function", called with a data folder and `options`.

    `confusions` lists which labels which transform confuses.
    """

    name: str
    summary: str
    load: str
    classes: tuple[str, ...]
    channels: int = 1
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
SIX_AND_NINE = (Confusion("transforms.geometric:Rotation", beyond=90.0, labels=(6, 9)),)

DATASETS: dict[str, DatasetSpec] = {
    dataset.name: dataset
    for dataset in (
        DatasetSpec(
            name="mnist10k",
            summary="embedded: the first 10,000 digits of MNIST's training set (7,000 / 1,000 / 2,000)",
            load="bench.loading:load_embedded",
            classes=DIGITS,
            confusions=SIX_AND_NINE,
        ),
        DatasetSpec(
            name="mnist",
            summary="MNIST: 54,000 / 6,000 / 10,000 handwritten digits",
            load="bench.loading:load_torchvision",
            classes=DIGITS,
            options=MappingProxyType({"builder": "MNIST"}),
            confusions=SIX_AND_NINE,
        ),
        DatasetSpec(
            name="fashion-mnist",
            summary="Fashion-MNIST: 54,000 / 6,000 / 10,000 pieces of clothing",
            load="bench.loading:load_torchvision",
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
            load="bench.loading:load_torchvision",
            classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
            options=MappingProxyType({"builder": "KMNIST"}),
        ),
        DatasetSpec(
            name="emnist-digits",
            summary="EMNIST digits: 216,000 / 24,000 / 40,000 handwritten digits",
            load="bench.loading:load_torchvision",
            classes=DIGITS,
            options=MappingProxyType({"builder": "EMNIST", "split": "digits"}),
            confusions=SIX_AND_NINE,
        ),
    )
}
