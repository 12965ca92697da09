"""The angle that a spatial transformer undoes, level by level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from runbench.metrics.features.angles import TURN, between
from runbench.store.introspection import Array


def recovered_by_level(recovered: Mapping[str, Array], levels: Array, identity: float) -> pd.DataFrame:
    """Return a row per model and level: the circular mean over images, and between what half of them lie.

    recovered: degrees (M, L) by model, 0 at the identity. `value` follows on from level to level without a jump of
    a whole turn; low and high are the quartiles of the deviations from it.
    """
    parts = []
    start = int(np.abs(levels - identity).argmin())
    for model, angles in recovered.items():
        mean = np.degrees(np.angle(np.exp(1j * np.radians(angles)).mean(axis=0)))
        low, high = np.quantile(between(angles - mean), (0.25, 0.75), axis=0)
        value = np.unwrap(mean, period=TURN)
        value -= value[start]
        columns = {"level": levels, "value": value, "low": value + low, "high": value + high}
        parts.append(pd.DataFrame({"model": model, **columns, "count": len(angles)}))
    return pd.concat(parts, ignore_index=True)
