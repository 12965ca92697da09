"""A model's errors over those of the reference model on the same images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from runbench.analysis.scoring import Address, Scored, metric_rows
from runbench.metrics.predictions.errors import over_reference
from runbench.metrics.predictions.selection import Resampled
from runbench.metrics.registry import METRICS
from runbench.store import schemas
from runbench.store.schemas import CELL_COLUMNS

REFERENCE = "baseline"
"""The model that relative errors refer to, where a run has it: in the same suite, with the same training seed."""


def with_relative(scored: Iterable[Scored]) -> list[Scored]:
    """Add to each cell what it is worth against the reference's, where there is one of the same images and levels.

    "relative_error" is the sum over levels of the errors over that of the reference's, "relative_excess_error" the
    same of the errors beyond the one at the identity: mCE and relative mCE of Hendrycks & Dietterich 2019, section
    4.1, for one kind of change. Both are left out where the reference's sum is near 0.
    """
    cells = list(scored)
    references = {(cell.suite.name, cell.seed): cell for cell in cells if cell.model == REFERENCE}
    return [_against(cell, references.get((cell.suite.name, cell.seed))) for cell in cells]


def _against(cell: Scored, reference: Scored | None) -> Scored:
    if (
        reference is None
        or not np.array_equal(cell.images, reference.images)
        or not np.array_equal(cell.levels, reference.levels)
    ):
        return cell
    own, others = _errors(cell), _errors(reference)
    found: dict[Address, Resampled] = {}
    for address, errors in own.items():
        values = over_reference(errors.values, others[address].values) if address in others else None
        if values is not None:
            found[address] = Resampled(values, errors.count)
    named = cell.table.iloc[0][list(CELL_COLUMNS)].to_dict()
    rows = [
        named | row
        for (subset, name), values in found.items()
        for row in metric_rows(METRICS[name], subset, cell.levels, values)
    ]
    if not rows:
        return cell
    table = pd.concat([cell.table, pd.DataFrame(rows, columns=schemas.METRICS.names)], ignore_index=True)
    return replace(cell, table=table, sweep={**cell.sweep, **found})


def _errors(cell: Scored) -> dict[Address, Resampled]:
    """Return what the relative metrics divide, by subset and metric: errors, and those beyond the identity's.

    These are means over levels where the definition has sums: the numbers of levels cancel.
    """
    found: dict[Address, Resampled] = {}
    for (subset, name), errors in cell.sweep.items():
        if name == "mean_error":
            found[subset, "relative_error"] = errors
            at_identity = cell.sweep.get((subset, "identity_accuracy"))
            if at_identity is not None:
                excess = errors.values - (1 - at_identity.values)
                found[subset, "relative_excess_error"] = Resampled(excess, errors.count)
    return found
