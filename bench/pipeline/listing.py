"""What there is to choose from: suites, models, datasets and metrics, as rows. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from html import escape
from operator import itemgetter
from types import MappingProxyType
from typing import Any, final, overload

from runbench.data.catalogue import DATASETS, FOLDER
from runbench.models.registry import registered_models
from runbench.suites import SUITES

Row = Mapping[str, Any]

FAMILY = "family"
"""The column whose values become headings."""


@final
@dataclass(frozen=True, repr=False)
class Listing(Sequence[Row]):
    """A sequence of rows, a mapping each, that prints as an aligned table and shows as one in a notebook."""

    title: str
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name in each row."""
        return tuple(row["name"] for row in self.rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        """Return the row at a place, or the rows of a slice."""
        return self.rows[place]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def __repr__(self) -> str:
        """Return a heading for each family and, below it, a line for each row."""
        columns = self._columns
        widths = {column: max(len(str(row[column])) for row in self.rows) for column in columns}
        blocks = []
        for family, rows in self._families.items():
            cells = ([str(row[column]).ljust(widths[column]) for column in columns] for row in rows)
            lines = [f"  {'  '.join(line).rstrip()}" for line in cells]
            blocks.append("\n".join([f"{self.title}: {family}" if family else self.title, *lines]))
        return "\n\n".join(blocks) or f"{self.title}: none"

    def _repr_html_(self) -> str:
        """Return a table for a notebook."""
        columns = [FAMILY, *self._columns] if any(self._families) else self._columns
        head = "".join(f"<th>{escape(column)}</th>" for column in columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(str(row[column]))}</td>' for column in columns)}</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    @property
    def _families(self) -> dict[str, list[Row]]:
        families: dict[str, list[Row]] = {}
        for row in self.rows:
            families.setdefault(row.get(FAMILY, ""), []).append(row)
        return families

    @property
    def _columns(self) -> list[str]:
        """Return the columns beside the family in which any row says something."""
        columns = dict.fromkeys(column for row in self.rows for column in row if column != FAMILY)
        return [column for column in columns if any(row[column] for row in self.rows)]


def list_suites(pattern: str = "*") -> Listing:
    """List the suites whose name matches a pattern.

    >>> list_suites("parts*").names
    ('parts-apart', 'parts-halves', 'parts-exchange')
    """
    return _listing("suites", _suites(), pattern)


def list_models(pattern: str = "*") -> Listing:
    """List the registered models whose name matches a pattern.

    >>> list_models("*capsnet-unif*").names
    ('capsnet-uniform', 'capsnet-uniform-augmented')
    """
    return _listing("models", _models(), pattern)


def list_datasets(pattern: str = "*") -> Listing:
    """List the datasets whose name matches a pattern.

    >>> list_datasets("*mnist").names
    ('mnist', 'fashion-mnist', 'kmnist')
    """
    return _listing("datasets", _datasets(), pattern)


def list_metrics(pattern: str = "*") -> Listing:
    """List the metrics whose name matches a pattern.

    >>> list_metrics("mean_orbit*").names
    ('mean_orbit_accuracy',)
    """
    return _listing("metrics", _metrics(), pattern)


LISTINGS: Mapping[str, Callable[[], Listing]] = MappingProxyType(
    {"suites": list_suites, "models": list_models, "datasets": list_datasets, "metrics": list_metrics}
)
"""What can be listed, by its title."""


def _listing(title: str, rows: Iterable[Row], pattern: str) -> Listing:
    return Listing(title, tuple(row for row in rows if fnmatchcase(row["name"], pattern)))


def _suites() -> Iterator[Row]:
    for suite in SUITES.values():
        levels = f"{len(suite.levels)}, {min(suite.levels):.3g} to {max(suite.levels):.3g}"
        yield {
            "name": suite.name,
            "group": suite.group or "",
            "axis": f"{suite.axis} in {suite.unit}" if suite.axis else suite.task.gathered,
            "levels": levels if suite.axis else "",
            "trained on": "{:g} to {:g}".format(*suite.training_range) if suite.axis else "the set",
            "canvas": suite.canvas,
            "summary": suite.question,
        }


def _models() -> Iterator[Row]:
    for spec in registered_models():
        yield {
            FAMILY: spec.group,
            "name": spec.name,
            "architecture": spec.architecture,
            "regime": spec.regime,
            "parameters": "" if spec.parameters is None else f"{spec.parameters:,}",
            "tags": ", ".join(spec.tags),
            "summary": spec.summary,
            "reference": spec.reference,
        }


def _datasets() -> Iterator[Row]:
    yield from ({"name": dataset.name, "summary": dataset.summary} for dataset in DATASETS.values())
    yield {"name": f"{FOLDER}PATH", "summary": "images of your own, a folder a class"}


def _metrics() -> Iterator[Row]:
    # A metric carries its function, and so numpy, which no other list needs
    from runbench.metrics.registry import METRICS, load_metrics

    load_metrics()
    families = {"predictions": "predictions", "cost": "costs"}
    rows = (
        {
            FAMILY: families.get(metric.of, "features"),
            "name": metric.name,
            "title": metric.title,
            "better": metric.better,
        }
        for metric in METRICS.values()
    )
    yield from sorted(rows, key=itemgetter(FAMILY))
