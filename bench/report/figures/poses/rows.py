"""What the figures of the pose share."""

from __future__ import annotations

import pandas as pd

from runbench.report.figure import SuiteTables
from runbench.report.figures import captions


def titled(tables: SuiteTables, titles: dict[str, str]) -> pd.DataFrame:
    """Return several measures' rows with the title of each."""
    parts = [tables.measured(measure).assign(metric=measure, title=title) for measure, title in titles.items()]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def styles(tables: SuiteTables, rows: pd.DataFrame) -> str:
    """Say what colour and line stand for among the models of `rows`, with a space behind."""
    said = captions.styles(tables.only(rows["model"].unique()))
    return f"{said} " if said else ""
