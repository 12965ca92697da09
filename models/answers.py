"""Which part of what a network returns are its scores, and whether there are as many as there are classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from runbench.errors import ModelFaultError, in_a_line

if TYPE_CHECKING:
    from runbench.models.base import Classifier

NAME = "logits"
"""What scores are called where a network returns several things by name."""

WAY_OUT = f'return the scores alone, or by the name "{NAME}" in a mapping or a dataclass'


def scores_of(output: object, count: int, classes: int | None = None) -> Tensor:
    """Return the scores (B, K) in what a network returned for `count` images.

    They are the entry "logits" of a mapping or a dataclass, else the one tensor that has a row per image and,
    where `classes` is given, a column per class; (B, K, 1, 1) is read as (B, K), and (K,) of one image as (1, K).
    Raises ModelFaultError where there is none, or where several differ, of which nobody can know which is meant.
    """
    found = _candidates(output, count, classes)
    if not found:
        raise ModelFaultError(
            f"the network gives {_described(output)} of {count} images, not scores {_wanted(count, classes)}: "
            f"build it for this many classes, and {WAY_OUT}"
        )
    if not all(torch.equal(found[0], other) for other in found[1:]):
        raise ModelFaultError(
            f"the network gives {_described(output)} of {count} images, any of which may be the scores: {WAY_OUT}"
        )
    return found[0]


def first_head_of(output: object, count: int, classes: int | None = None) -> Tensor:
    """Return the scores of the first head of a network in training, where it may have further ones.

    Raises as `scores_of` where it has none.
    """
    found = _candidates(output, count, classes)
    return found[0] if found else scores_of(output, count, classes)


def _candidates(output: object, count: int, classes: int | None) -> list[Tensor]:
    """Return everything in an output that has the shape and type of scores."""
    tensors = (part for part in _parts(output) if isinstance(part, Tensor) and part.is_floating_point())
    rows = (_as_rows(part, count) for part in tensors)
    return [one for one in rows if one.ndim == 2 and len(one) == count and classes in (None, one.shape[1])]


@torch.no_grad()
def count_scores(classifier: Classifier, channels: int, side: int, device: torch.device) -> int:
    """Return how many scores a network in evaluation gives to blank images (2, channels, side, side).

    Its mode is left as it was. Raises ModelFaultError where it takes no such images or gives no scores.
    """
    training = classifier.training
    blank = classifier.arrange(torch.zeros(2, channels, side, side, device=device))
    try:
        scores: Any = classifier.eval()(blank)
    except ModelFaultError:
        raise
    except Exception as error:
        raise ModelFaultError(
            f"the network does not take images ({channels}, {side}, {side}) on {device}: {in_a_line(error)}"
        ) from error
    finally:
        classifier.train(training)
    return scores_of(scores, len(blank)).shape[1]


def _parts(output: object) -> Iterable[object]:
    """Return what may be the scores in an output, the likeliest first."""
    if dataclasses.is_dataclass(output) and not isinstance(output, type | Mapping):
        output = {part.name: getattr(output, part.name) for part in dataclasses.fields(output)}
    if isinstance(output, Mapping):
        return (output[NAME],) if NAME in output else output.values()
    return output if isinstance(output, tuple | list) else (output,)


def _as_rows(scores: Tensor, count: int) -> Tensor:
    if scores.ndim == 1 and count == 1:
        return scores.unsqueeze(0)
    blank = scores.ndim > 2 and all(side == 1 for side in scores.shape[2:])
    return scores.flatten(1) if blank else scores


def _wanted(count: int, classes: int | None) -> str:
    return f"({count}, {'classes' if classes is None else classes})"


def _described(output: object) -> str:
    """Say in a few words what an output is: the shape of a tensor, the parts of anything else."""
    if isinstance(output, Tensor):
        return f"{str(output.dtype).removeprefix('torch.')} {tuple(output.shape)}"
    name = type(output).__name__
    parts = [_described(part) for part in _parts(output) if part is not output and isinstance(part, Tensor)]
    return f"{name} of {', '.join(parts)}" if parts else name
