"""Networks of the package timm (Wightman 2019, github.com/huggingface/pytorch-image-models), untrained.

timm is an extra of this package; it is imported when a network is built, and nothing is downloaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbench.models.recipes import Preset, Regime
from runbench.models.spec import ModelSpec

if TYPE_CHECKING:
    from torch import nn

PREFIX = "timm:"


def timm_spec(name: str, regime: Regime) -> ModelSpec:
    """Return the spec of timm's network `name`, in its own capitals, for one regime.

    In tables and file names, which take no colon, it is called timm-NAME, and timm-NAME-augmented in the augmented
    regime. Whether there is such a network is known when it is built. Raises RegistrationError for a name that
    none can have.
    """
    architecture = f"timm-{name}"
    suffix = {"clean": "", "augmented": "-augmented"}[regime]
    return ModelSpec(
        name=architecture + suffix,
        builder="runbench.models.networks.timm_networks:build_timm",
        regime=regime,
        architecture=architecture,
        summary=f"{name} of timm, from random weights",
        reference="Wightman 2019, github.com/huggingface/pytorch-image-models",
        options={"name": name},
        group="references",
    )


def build_timm(
    in_channels: int,
    num_classes: int,
    image_size: tuple[int, int],
    preset: Preset,  # noqa: ARG001 - a timm network has one size
    *,
    name: str,
) -> nn.Module:
    """Build timm's network `name` with random weights, for these channels, classes and, where it asks, image size.

    Raises ModuleNotFoundError without timm, and RuntimeError for a name that timm does not know.
    """
    try:
        import timm
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{PREFIX}{name} needs the extra timm: pip install 'run-bench[timm]'") from error
    described = timm.get_pretrained_cfg(name)
    fixed = described is not None and described.fixed_input_size
    sized: dict[str, Any] = {"img_size": image_size} if fixed else {}
    network: nn.Module = timm.create_model(
        name, pretrained=False, in_chans=in_channels, num_classes=num_classes, **sized
    )
    return network
