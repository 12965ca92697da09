"""The stored table of claims."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from runbench.analysis.claims.claim import UNITS
from runbench.errors import DamagedFileError
from runbench.store import records

CLAIMS_FILE = "claims.csv"
"""The table's name in a run's folder."""


def read_claims(folder: Path) -> pd.DataFrame:
    """Read a run's claims: CLAIMS_COLUMNS, texts empty where there is nothing to say; raise DamagedFileError."""
    path = folder / CLAIMS_FILE
    table = records.read_csv(path)
    absent = [column for column in records.CLAIMS_COLUMNS if column not in table]
    if absent:
        raise DamagedFileError(f"{path} lacks the columns {', '.join(absent)}")
    foreign = sorted(set(map(str, table["unit"])) - set(UNITS))
    if foreign:
        raise DamagedFileError(f"{path} has units that this version does not know: {', '.join(foreign)}")
    texts = dict.fromkeys(("part", "statement", "decided_by", "direction", "unit", "verdict", "note"), str)
    numbers = dict.fromkeys(("margin", "effect", "low", "high", "seeds", "count"), float)
    try:
        filled = table.astype({"part": object, "note": object}).fillna({"part": "", "note": ""})
        return filled.astype({**texts, **numbers, "claim": int})
    except ValueError as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error
