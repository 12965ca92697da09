"""How well images are drawn, and which of their pixels the drawing ignores."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor

Images = Float[Tensor, "batch channels height width"]
Influence = Float[Tensor, "height width"]
PerImage = Float[Tensor, "batch"]

LEAST_INFLUENCE = 0.01
"""A pixel with less than this share of the most influential one's influence is ignored."""


def squared_errors(images: Images, drawn: Images) -> PerImage:
    """Return the mean over pixels of the squared difference of images (B, C, H, W) and their drawings: (B,)."""
    return (images - drawn).square().flatten(1).mean(dim=1)


def influence(draw: Callable[[Tensor], Tensor], images: Images, probes: int, generator: Generator) -> Influence:
    """Return how strongly each pixel (H, W) of images (B, C, H, W) acts on what is drawn of them.

    The root mean square, over images and channels, of the derivatives of all drawn pixels with respect to one:
    from `probes` random directions of the drawing, whose squared vector-Jacobian products have that expectation
    (Hutchinson 1990).
    """
    with torch.inference_mode(mode=False), torch.enable_grad():
        given = images.clone().requires_grad_()
        drawn = draw(given)
        total = torch.zeros_like(given)
        # A drawing without a gradient depends on nothing
        for _ in range(probes if drawn.requires_grad else 0):
            direction = torch.randn(drawn.shape, generator=generator).to(drawn)
            (gradient,) = torch.autograd.grad(drawn, given, direction, retain_graph=True, materialize_grads=True)
            total += gradient.square()
    return (total.detach() / probes).mean(dim=(0, 1)).sqrt()


def ignored_share(influence: Influence, least: float = LEAST_INFLUENCE) -> float:
    """Return the share of pixels (H, W) whose influence is below `least` of the greatest; all where it is 0."""
    return float((influence < least * influence.amax()).double().mean()) if influence.any() else 1.0
