"""Published numbers with ours beside them, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from runbench.formatting import plain, quantity
from runbench.report.figure import SuiteTables
from runbench.report.tables.table import Entry, Table
from runbench.suites.published import GRADES, PROTOCOLS, Protocol, Published, published_on


@final
@dataclass(frozen=True)
class PublishedBeside:
    """The table of published and measured errors, and the statement of what differs between them."""

    table: Table
    differs: str


def published_beside(tables: SuiteTables, manifest: Mapping[str, Any]) -> PublishedBeside | None:
    """Set the error measured here beside what was published; None where nothing was, or nothing is measured."""
    protocol = PROTOCOLS.get(tables.suite.name)
    if protocol is None:
        return None
    curves = tables.curves("accuracy")
    measured = curves[np.isclose(curves["level"].astype(float), protocol.level)]
    if measured.empty:
        return None
    published = published_on(tables.suite.name)
    parameters = _parameters(tables.costs)
    rows = [
        *(_published_row(number) for number in published),
        *(_measured_row(row, parameters) for row in measured.to_dict(orient="records")),
    ]
    return PublishedBeside(
        Table(("network", "error, percent", "how", "source"), tuple(rows), reading=True),
        _differs(protocol, published, measured, manifest),
    )


def _published_row(number: Published) -> tuple[Entry, ...]:
    spread = "" if number.spread is None else f"± {number.spread:g}"
    return (
        Entry(number.network, "published"),
        Entry(f"{number.error:g}", spread),
        Entry(number.what),
        Entry(number.source, f"(grade {number.grade})"),
    )


def _measured_row(row: Mapping[Any, Any], parameters: Mapping[str, float]) -> tuple[Entry, ...]:
    error, low, high = (100 * (1 - row[column]) for column in ("value", "high", "low"))
    size = f"; {quantity(parameters[row['model']])} parameters" if row["model"] in parameters else ""
    return (
        Entry(str(row["model"]), "measured here"),
        Entry(f"{error:.2f}", f"[{low:.2f}, {high:.2f}]"),
        Entry(f"{row['architecture']}, {row['regime']} regime{size}"),
        Entry("this run", f"({int(row['count']):,} test images)"),
    )


def _parameters(costs: pd.DataFrame) -> dict[str, float]:
    counted = costs[(costs["metric"] == "parameters") & costs["value"].notna()]
    return dict(zip(counted["model"], counted["value"].astype(float), strict=True))


def _differs(
    protocol: Protocol, published: tuple[Published, ...], measured: pd.DataFrame, manifest: Mapping[str, Any]
) -> str:
    seeds = int(measured["seeds"].max())
    brackets = "the lowest and the highest of the seeds" if seeds > 1 else "95% intervals over the test images"
    grades = "; ".join(f"{grade}: {GRADES[grade]}" for grade in dict.fromkeys(n.grade for n in published))
    trained = f", trained {seeds} times" if seeds > 1 else ", trained once"
    return (
        f"Not the same experiment. {protocol.differs} Here: {_setting(manifest)}{trained}; square brackets hold "
        f"{brackets}. Grades of the published numbers: {grades}."
    )


def _setting(manifest: Mapping[str, Any]) -> str:
    """Say what this run was made with, as far as its manifest does."""
    configuration, data = (_mapping(manifest, name) for name in ("configuration", "data"))
    parts = []
    if "preset" in configuration:
        parts.append(f"preset {plain(configuration['preset'])}")
    if "training_images" in data:
        images = data["training_images"]
        count = f"{images:,}" if isinstance(images, int) else plain(images)
        parts.append(f"{count} training images of {plain(data.get('name', 'the dataset'))}")
    return ", ".join(parts) or "the settings are not recorded"


def _mapping(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = manifest.get(name)
    return value if isinstance(value, Mapping) else {}
