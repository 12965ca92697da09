"""Suites as a manifest holds them, so that a stored run explains itself. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

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
    if absent:
        raise DamagedFileError(f"the manifest describes the suite {name} without its {', '.join(absent)}")
    given = {key: _unlisted(value) for key, value in values.items() if key in known}
    given |= {"name": name, "task": TASKS.get(str(given.get("task")))}
    hints = get_type_hints(Suite)
    odd = [key for key, value in given.items() if not _is_a(value, hints[key])]
    if odd:
        raise DamagedFileError(f"the manifest describes the suite {name} with an odd {', '.join(odd)}")
    return Suite(**given)


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _is_a(value: object, hint: Any) -> bool:
    """Say whether a value is of a field's type."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is tuple and isinstance(value, tuple):
        kinds = inside[:1] * len(value) if inside[1] is Ellipsis else inside
        return len(value) == len(kinds) and all(map(_is_a, value, kinds))
    if origin is Literal:
        return value in inside
    if origin is UnionType:
        return any(_is_a(value, one) for one in inside)
    # JSON writes whole numbers without a point
    kind = int | float if hint is float else origin or hint
    return isinstance(value, kind) and (hint is bool or not isinstance(value, bool))


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _unlisted(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unlisted(item) for item in value)
    return {key: _unlisted(item) for key, item in value.items()} if isinstance(value, dict) else value
