"""The identity of a network as it is built: all code, constants and versions that decide it.

Where a builder lies, its comments, docstrings, annotations and imports decide nothing; a helper that it calls
does, and so does what it reads from files, which shows in the shapes and constants of what it builds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from runbench.models.sources import Sources, plain

if TYPE_CHECKING:
    from runbench.models.recipes import Preset
    from runbench.models.spec import ModelSpec

DIGITS = 3
"""Significant digits of the spread of a tensor's values: other machines round the last ones otherwise."""

ADDRESS = re.compile(r"[\w.]+:(\w+)")


def network_fingerprint(
    spec: ModelSpec, in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset
) -> str:
    """Build the untrained network of `spec` once and return its fingerprint; torch's generator is left alone.

    `image_size` is (height, width). Raises whatever the builder raises.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = spec.build(in_channels, num_classes, image_size, preset)
    options = {name: ADDRESS.sub(r"\1", repr(value)) for name, value in sorted(spec.options.items())}
    return fingerprint(network, spec.resolved_builder(), options)


def fingerprint(network: nn.Module, builder: Callable[..., Any], options: Mapping[str, str] | None = None) -> str:
    """Return the sha256, in hexadecimal, of everything that decides `network`, which `builder` has built.

    That is the source of the builder, of every class in the network and of what they call, for installed packages
    their version; the names, shapes, types and spread of parameters and buffers; and the plain values among the
    attributes of its modules.
    """
    sources = Sources()
    sources.add(builder)
    for module in network.modules():
        sources.add(type(module))
        for value in _attributes(module).values():
            sources.add(value)
    lines = [
        *sorted(sources.lines),
        *_built(network),
        *(f"{name}={value}" for name, value in (options or {}).items()),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _built(network: nn.Module) -> Iterator[str]:
    """Yield a line for each module, parameter and buffer of a network."""
    for path, module in network.named_modules():
        yield f"{path}: {type(module).__qualname__} {plain(_attributes(module))}"
    for name, tensor in (*network.named_parameters(), *network.named_buffers()):
        learns = "learns" if tensor.requires_grad else "fixed"
        yield f"{name}: {tuple(tensor.shape)} {tensor.dtype} {learns} {_spread(tensor)}"


def _spread(tensor: Tensor) -> str:
    """Return what the values of a tensor tell of how it was made."""
    if (
        isinstance(tensor, nn.UninitializedParameter | nn.UninitializedBuffer)
        or tensor.is_meta
        or not tensor.numel()
    ):
        return "no values"
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return hashlib.sha256(tensor.cpu().contiguous().numpy().tobytes()).hexdigest()
    norm = float(torch.linalg.vector_norm(tensor.detach().flatten().to(torch.complex128)).real)
    return f"{norm:.{DIGITS}g}"


def _attributes(module: nn.Module) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_") and name != "training"}
