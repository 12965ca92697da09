"""Measure what happens to a vision model when its input is transformed.

Every name is imported when it is first used, so importing the package loads neither torch nor pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbench.models.registry import register_model
    from runbench.models.spec import ModelSpec
    from runbench.pipeline.listing import Listing, list_datasets, list_metrics, list_models, list_suites
    from runbench.suites import Suite, register_suite

__version__ = "0.3.0"

__all__ = [
    "Listing",
    "ModelSpec",
    "Suite",
    "list_datasets",
    "list_metrics",
    "list_models",
    "list_suites",
    "register_model",
    "register_suite",
]

_MODULES = {
    "Listing": "pipeline.listing",
    "ModelSpec": "models.spec",
    "Suite": "suites",
    "list_datasets": "pipeline.listing",
    "list_metrics": "pipeline.listing",
    "list_models": "pipeline.listing",
    "list_suites": "pipeline.listing",
    "register_model": "models.registry",
    "register_suite": "suites",
}
"""The module of every public name, in the order of `__all__`."""


def __getattr__(name: str) -> object:
    """Import a public name."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
