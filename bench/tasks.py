"""What is to be found in an image: a task says how it is trained, read, counted and worded. No torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, final

if TYPE_CHECKING:
    from torch import Tensor


class Reader(Protocol):
    """A classifier, as far as its scores are read: with one class to an image, or with several."""

    reading: ClassVar[str]
    presence_reading: ClassVar[str]

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return probabilities (B, K) of which one class it is."""
        ...

    def presence(self, scores: Tensor) -> Tensor:
        """Return the probability (B, K) that each class is there."""
        ...


Array: TypeAlias = Any
"""An array of numpy or of torch."""


@final
@dataclass(frozen=True)
class Task:
    """A kind of answer that is asked of a model.

    `sought` is how many of an image's objects are to be found, `success` what an answer must be to count as
    correct. `right` completes "share of test images ...", `does` "a model ... 90% ...", `answer` names what a
    model predicts, `unchanged` the image at the identity, `gathered` a suite that is a set of images.

    `targets` makes what is trained, from labels (B, N) of an image's objects and the number of classes.
    `probabilities` reads a classifier's scores (B, K) as probabilities (B, K); `reading` says in words how.
    `outcomes` gives the probability of each outcome of each question that an answer (..., K) settles, one array
    (..., questions) an outcome.
    """

    name: str
    sought: int
    success: str
    right: str
    does: str
    answer: str
    unchanged: str
    gathered: str
    targets: Callable[[Tensor, int], Tensor]
    probabilities: Callable[[Reader, Tensor], Tensor]
    reading: Callable[[Reader], str]
    outcomes: Callable[[Array], tuple[Array, ...]]


def _first_label(labels: Tensor, classes: int) -> Tensor:  # noqa: ARG001
    return labels[:, 0]


def _both_labels(labels: Tensor, classes: int) -> Tensor:
    """Return 1 for what is there and else 0, (B, classes)."""
    return labels.new_zeros((len(labels), classes)).scatter(1, labels[:, :2], 1).float()


def _class_probabilities(classifier: Reader, scores: Tensor) -> Tensor:
    return classifier.probabilities(scores)


def _class_reading(classifier: Reader) -> str:
    return classifier.reading


def _which_class(probabilities: Array) -> tuple[Array, ...]:
    """Settle one question, which class it is, with an outcome for each."""
    return tuple(probabilities[..., place : place + 1] for place in range(probabilities.shape[-1]))


def _presences(classifier: Reader, scores: Tensor) -> Tensor:
    return classifier.presence(scores)


def _presence_reading(classifier: Reader) -> str:
    return classifier.presence_reading


def _whether_there(probabilities: Array) -> tuple[Array, ...]:
    """Settle a question for each class, whether it is there."""
    return probabilities, 1 - probabilities


LABEL = Task(
    name="label",
    sought=1,
    success="accuracy",
    right="classified correctly",
    does="classifies {share} of the images correctly",
    answer="class",
    unchanged="the untransformed image",
    gathered="a set",
    targets=_first_label,
    probabilities=_class_probabilities,
    reading=_class_reading,
    outcomes=_which_class,
)
"""One class to an image, that of its first object."""

LABEL_SET = Task(
    name="label-set",
    sought=2,
    success="exact match",
    right="in which both digits are found",
    does="finds both digits in {share} of the images",
    answer="pair of digits",
    unchanged="the same two digits where neither covers the other",
    gathered="a set of pairs",
    targets=_both_labels,
    probabilities=_presences,
    reading=_presence_reading,
    outcomes=_whether_there,
)
"""Two classes to an image, in no order."""

TASKS: Mapping[str, Task] = MappingProxyType({task.name: task for task in (LABEL, LABEL_SET)})
