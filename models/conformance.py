"""The checks that every registered model must pass; plug-in authors call `check_model` on theirs.

Each check takes a spec and a preset and raises ConformanceError, an AssertionError, with one line that says what
is wrong. Weights and images come from fixed seeds; torch's own generator is left as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import torch
from torch import Tensor

from runbench.errors import ModelFaultError
from runbench.models.base import Classifier, has_to_learn
from runbench.models.recipes import Preset
from runbench.models.spec import ModelSpec

CLASSES = 10
SIZES = ((1, (28, 28)), (3, (40, 36)))
"""Channels and (height, width) of the images on which shapes are checked."""

ROW_TOLERANCE = 1e-4
"""How far scores of one image may lie from its row in a batch: kernels for other sizes sum in another order."""

STEPS = 20


@final
class ConformanceError(AssertionError):
    """One line that says what a model does that no model may."""


def check_model(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Run every check on `spec`; raise ConformanceError at the first that fails."""
    for check in CHECKS:
        try:
            check(spec, preset)
        except ConformanceError:
            raise
        except ModelFaultError as error:
            raise ConformanceError(f"{spec.name}: {error}") from error
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            raise ConformanceError(
                f"{spec.name}: {check.__name__} ended in {type(error).__name__}: {reason}"
            ) from error


def check_shapes(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that scores and probabilities are finite (B, K) on the model's device, at two image sizes."""
    for channels, size in SIZES:
        model = _build(spec, preset, channels, size).eval()
        images = model.arrange(_images(2, channels, size))
        with torch.no_grad():
            scores = model(images)
            probabilities, presence = model.probabilities(scores), model.presence(scores)
        for what, values in (("scores", scores), ("probabilities", probabilities), ("presence", presence)):
            shape = tuple(values.shape)
            _require(spec, shape == (2, CLASSES), f"{what} of 2 images {size} are {shape}, not (2, {CLASSES})")
            _require(spec, values.device == images.device, f"{what} are on {values.device}")
            _require(spec, bool(values.isfinite().all()), f"{what} of images {size} are not finite")
        _require(
            spec,
            torch.allclose(probabilities.sum(dim=1), torch.ones(2), atol=1e-5),
            "probabilities do not sum to 1",
        )
        within = bool(((presence >= 0) & (presence <= 1)).all())
        _require(spec, within, "presence leaves the range from 0 to 1")


def check_gradients(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that every parameter that is to be trained has a gradient after one step.

    Before it, a spatial transformer that starts at the identity gives its localisation network none.
    """
    model, images, labels = _prepare(spec, preset)
    if not has_to_learn(model):
        return
    _step(model, torch.optim.Adam(model.parameters(), lr=1e-3), images, labels)
    model.zero_grad()
    model.loss(images, labels).backward()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            gradient = parameter.grad
            _require(spec, gradient is not None and bool(gradient.any()), f"parameter {name} gets no gradient")
            _require(
                spec,
                gradient is not None and bool(gradient.isfinite().all()),
                f"the gradient of {name} is not finite",
            )


@torch.no_grad()
def check_deterministic(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that the same images give the same scores twice in evaluation."""
    model, images, _ = _prepare(spec, preset)
    model.eval()
    _require(spec, torch.equal(model(images), model(images)), "scores differ from call to call in evaluation")


@torch.no_grad()
def check_rows(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that one image alone scores as in a batch, to ROW_TOLERANCE, absolute and relative."""
    model, images, _ = _prepare(spec, preset)
    model.eval()
    together = model(images)
    alone = torch.cat([model(image) for image in images.split(1)])
    agree = torch.allclose(together, alone, atol=ROW_TOLERANCE, rtol=ROW_TOLERANCE)
    _require(spec, agree, "an image's scores depend on the others in its batch")


def check_input_kept(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that neither training nor evaluation writes into the images."""
    model, images, labels = _prepare(spec, preset)
    kept = images.clone()
    model.loss(images, labels)
    model.eval()(images)
    _require(spec, torch.equal(images, kept), "the model writes into its input")


def check_learning(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that the loss of one batch falls when the model is trained on it."""
    _require_falling(spec, preset, torch.arange(8), "one batch")


def check_sets(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that the loss takes sets of classes, two to an image, and falls when the model is trained on them."""
    classes = torch.eye(CLASSES)
    _require_falling(spec, preset, classes[:8] + classes[1:9], "sets of classes")


@torch.no_grad()
def check_state(spec: ModelSpec, preset: Preset = "smoke") -> None:
    """Check that the state_dict holds all of the model: loaded into another, it gives the same scores."""
    model, images, _ = _prepare(spec, preset)
    other = _build(spec, preset, seed=1)
    other.load_state_dict(model.state_dict())
    same = torch.equal(model.eval()(images), other.eval()(images))
    _require(spec, same, "scores change when the state_dict is loaded into a new model")


CHECKS: tuple[Callable[[ModelSpec, Preset], None], ...] = (
    check_shapes,
    check_input_kept,
    check_gradients,
    check_deterministic,
    check_rows,
    check_learning,
    check_sets,
    check_state,
)


def _require(spec: ModelSpec, holds: bool, complaint: str) -> None:  # noqa: FBT001
    if not holds:
        raise ConformanceError(f"{spec.name}: {complaint}")


def _require_falling(spec: ModelSpec, preset: Preset, targets: Tensor, what: str) -> None:
    model, images, _ = _prepare(spec, preset)
    if not has_to_learn(model):
        return
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    before = _step(model, optimiser, images, targets)
    for _ in range(STEPS):
        after = _step(model, optimiser, images, targets)
    _require(spec, after < before, f"the loss of {what} goes from {before:.4g} to {after:.4g} in {STEPS} steps")


def _build(
    spec: ModelSpec, preset: Preset, channels: int = 1, size: tuple[int, int] = (28, 28), seed: int = 0
) -> Classifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return spec.build(channels, CLASSES, size, preset)


def _images(count: int, channels: int, size: tuple[int, int]) -> Tensor:
    return torch.rand(count, channels, *size, generator=torch.Generator().manual_seed(0))


def _prepare(spec: ModelSpec, preset: Preset) -> tuple[Classifier, Tensor, Tensor]:
    model = _build(spec, preset)
    return model, model.arrange(_images(8, 1, (28, 28))), torch.arange(8)


def _step(model: Classifier, optimiser: torch.optim.Optimizer, images: Tensor, labels: Tensor) -> float:
    optimiser.zero_grad()
    loss = model.loss(images, labels)
    loss.backward()
    optimiser.step()
    return loss.item()
