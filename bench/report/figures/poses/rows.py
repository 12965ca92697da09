"""What the figures of the pose share."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from runbench.formatting import listed
from runbench.report.figure import SuiteTables
from runbench.report.figures import captions

MOST_NAMED = 6
"""Models that a caption gives numbers of."""


def titled(tables: SuiteTables, titles: dict[str, str]) -> pd.DataFrame:
    """Return several measures' rows with the title of each."""
    return together(
        *(tables.measured(measure).assign(metric=measure, title=title) for measure, title in titles.items())
    )


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    """Return the tables as one; of those without rows only the columns, if none has any."""
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def styles(tables: SuiteTables, rows: pd.DataFrame) -> str:
    """Say what colour and line stand for among the models of `rows`."""
    return captions.styles(tables.only(rows["model"].unique()))


def named(told: Mapping[str, str]) -> str:
    """List what is told of each model; of many the first."""
    first = listed([f"{words} for {model}" for model, words in list(told.items())[:MOST_NAMED]])
    return f"{first} (the others in the table)" if len(told) > MOST_NAMED else first
