"""What the manifest says: settings, and cells without numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runbench.formatting import plain
from runbench.report.tables.table import Entry, Table

DESCRIBED_ELSEWHERE = ("format", "identity", "name", "commands", "suites", "costs", "cells", "files")
"""Keys of the manifest that the report shows in places of their own, or that only a check of files needs."""


def failed_table(cells: Mapping[str, Mapping[str, Any]]) -> Table:
    """List the cells that are not done, with the reason."""
    rows = [
        (
            Entry(name),
            Entry(plain(cell.get("state", "unknown"))),
            Entry(plain(cell.get("reason") or "no reason given")),
        )
        for name, cell in cells.items()
        if cell.get("state") != "done"
    ]
    return Table(("cell", "state", "reason"), tuple(rows), reading=True)


def settings_tables(manifest: Mapping[str, Any]) -> dict[str, Table]:
    """Write what the manifest says of configuration and environment, a table per group."""
    groups: dict[str, list[tuple[Entry, ...]]] = {}
    for key, value in manifest.items():
        if key in DESCRIBED_ELSEWHERE:
            continue
        if isinstance(value, Mapping):
            groups[_words(key)] = [(Entry(_words(str(k))), Entry(plain(v))) for k, v in value.items()]
        else:
            groups.setdefault("run", []).append((Entry(_words(key)), Entry(plain(value))))
    return {name: Table(("setting", "value"), tuple(rows), reading=True) for name, rows in groups.items() if rows}


def _words(name: str) -> str:
    return name.replace("_", " ")
