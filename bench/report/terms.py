"""The words that fit a suite: one object or two, an axis or a set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runbench.suites import Kind, Suite


@dataclass(frozen=True)
class Terms:
    """Hold what is said of images and answers of one kind.

    `right` completes "share of test images ...", `does` "a model ... 90% ...", `answer` names what a model
    predicts, `unchanged` the image at the identity.
    """

    right: str
    does: str
    answer: str
    unchanged: str


TERMS: Mapping[Kind, Terms] = MappingProxyType(
    {
        "single": Terms(
            right="classified correctly",
            does="classifies {share} of the images correctly",
            answer="class",
            unchanged="the untransformed image",
        ),
        "pairs": Terms(
            right="in which both digits are found",
            does="finds both digits in {share} of the images",
            answer="pair of digits",
            unchanged="the same two digits where neither covers the other",
        ),
    }
)


def mean_success(suite: Suite) -> str:
    """Name the column mean_accuracy of a suite's summary: of a set, which has one level, it is no mean."""
    return f"mean {suite.success}" if suite.axis else f"{suite.success} on the set"


def over_all(suite: Suite) -> str:
    """Say what that column is taken over."""
    return "over the sweep" if suite.axis else "on the set"
