"""What there is: suites, models and datasets as rows, for people and as JSON. Imports no torch."""

from collections.abc import Iterable, Mapping
from typing import Any

from runbench.data.catalogue import DATASETS, FOLDER
from runbench.models.registry import registered_models
from runbench.suites import SUITES

LISTED = ("suites", "models", "datasets")

Listing = Mapping[str, list[dict[str, Any]]]


def listing_of(kinds: Iterable[str]) -> Listing:
    """Return the rows of each kind: suites, models, datasets."""
    rows = {"suites": _suites, "models": _models, "datasets": _datasets}
    return {kind: rows[kind]() for kind in kinds}


def render_listing(listing: Listing) -> str:
    """Return a listing as text: a heading per kind and, within it, per family, and a line per row."""
    return "\n\n".join(
        f"{heading}\n{_render_rows(part, rows)}"
        for kind, rows in listing.items()
        for heading, part in _families(kind, rows).items()
    )


def _suites() -> list[dict[str, Any]]:
    return [
        {
            "name": suite.name,
            "group": suite.group or "",
            "axis": f"{suite.axis} in {suite.unit}"
            if suite.axis
            else {"single": "a set", "pairs": "a set of pairs"}[suite.kind],
            "levels": f"{len(suite.levels)}, {min(suite.levels):.3g} to {max(suite.levels):.3g}"
            if suite.axis
            else "",
            "trained on": "{:g} to {:g}".format(*suite.training_range) if suite.axis else "the set",
            "canvas": suite.canvas,
            "summary": suite.question,
        }
        for suite in SUITES.values()
    ]


def _models() -> list[dict[str, Any]]:
    return [
        {
            "family": spec.group,
            "name": spec.name,
            "architecture": spec.architecture,
            "regime": spec.regime,
            "parameters": "" if spec.parameters is None else f"{spec.parameters:,}",
            "tags": ", ".join(spec.tags),
            "summary": spec.summary,
            "reference": spec.reference,
        }
        for spec in registered_models()
    ]


def _datasets() -> list[dict[str, Any]]:
    named = [{"name": dataset.name, "summary": dataset.summary} for dataset in DATASETS.values()]
    return [*named, {"name": f"{FOLDER}PATH", "summary": "images of your own, a folder a class"}]


def _families(kind: str, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows by their headings: the kind, and the family where they have one."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        heading = f"{kind}: {row['family']}" if "family" in row else kind
        parts.setdefault(heading, []).append(row)
    return parts


def _render_rows(rows: list[dict[str, Any]], aligned: list[dict[str, Any]]) -> str:
    """Return a line per row, its columns as wide as all the `aligned` rows need."""
    columns = [column for column in rows[0] if column != "family" and any(row[column] for row in aligned)]
    widths = [max(len(str(row[column])) for row in aligned) for column in columns]
    return "\n".join(
        "  "
        + "  ".join(str(row[column]).ljust(width) for column, width in zip(columns, widths, strict=True)).rstrip()
        for row in rows
    )
