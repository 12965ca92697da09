"""Suites as a manifest holds them, so that a stored run explains itself. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from runbench.errors import DamagedFileError
from runbench.suites import Suite
from runbench.tasks import TASKS


def described(suite: Suite) -> dict[str, Any]:
    """Return a suite's fields as JSON holds them."""
    values = {field.name: getattr(suite, field.name) for field in fields(suite)}
    return values | {
        "task": suite.task.name,
        "options": {name: _listed(value) for name, value in suite.options.items()},
        **{name: _listed(value) for name, value in values.items() if isinstance(value, tuple)},
    }


def suite_of(name: str, values: object) -> Suite:
    """Return the suite that a manifest describes; raise DamagedFileError where it describes none.

    Fields that this version does not know are left out, those that it has beside them get their defaults.
    """
    known = {field.name: field for field in fields(Suite)}
    if not isinstance(values, Mapping):
        raise DamagedFileError(f"the manifest does not describe the suite {name}")
    absent = [one.name for one in known.values() if one.name not in values and _is_needed(one)]
    if absent or values.get("task") not in TASKS:
        raise DamagedFileError(
            f"the manifest describes the suite {name} without {', '.join(absent) or 'its task'}"
        )
    given = {key: _unlisted(value) for key, value in values.items() if key in known}
    return Suite(**given | {"task": TASKS[values["task"]], "name": name})


def _is_needed(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _unlisted(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unlisted(item) for item in value)
    return {key: _unlisted(item) for key, item in value.items()} if isinstance(value, dict) else value
