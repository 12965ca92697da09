"""Two stored runs with their per-sample rows, made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench import records
from bench.scores import score_predictions, summarise
from bench.suites import Suite
from tests.bench.synthetic import BREAK, STREWN, TURN, cost_rows, manifest, model_rows

KNOWN = {suite.name: suite for suite in (TURN, BREAK, STREWN)}

SAME: Mapping[str, Any] = {
    "draws": {name: f"images of {name}" for name in KNOWN},
    "identity": {"limit": None, "data sha256": "0123"},
}
"""What the manifests of runs on the same test images agree in."""


def answers(suite: Suite, model: str, seed: int = 0, network: int | None = None, images: int = 60) -> pd.DataFrame:
    """Return the rows of one network; another `network` answers the same images otherwise."""
    return model_rows(suite, model, seed if network is None else network, images).assign(seed=seed)


def store(folder: Path, cells: Iterable[pd.DataFrame], **entries: Any) -> Path:
    """Write the cells' rows and all that follows from them as a run; `entries` replace those of its manifest."""
    frames = list(cells)
    predictions = pd.concat(frames, ignore_index=True)
    states = {}
    for frame in frames:
        suite, model, seed = (frame.iloc[0][column] for column in ("suite", "model", "seed"))
        path = folder / "predictions" / suite / f"{model}-seed{seed}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pandas(frame, records.PREDICTIONS, preserve_index=False), path)
        states[f"{suite}/{model}-seed{seed}"] = {"state": "done", "sha256": records.sha256(path)}
    pairs = predictions[["suite", "model"]].drop_duplicates().itertuples(index=False, name=None)
    costs = pd.concat([cost_rows(*pair) for pair in pairs], ignore_index=True)
    metrics = score_predictions(predictions, KNOWN)
    records.write_csv(folder / "metrics.csv", metrics)
    records.write_csv(folder / "costs.csv", costs)
    records.write_csv(folder / "summary.csv", summarise(metrics, costs, predictions, KNOWN))
    records.write_csv(folder / "history.csv", pd.DataFrame(columns=list(records.HISTORY_COLUMNS)))
    made = manifest(folder.name, states)
    made["configuration"] |= {"threads": 2}
    records.write_json(folder / "manifest.json", made | dict(SAME) | entries)
    return folder


def without_rows(folder: Path) -> Path:
    """Take a run's per-sample rows away, as from a tracked one."""
    for path in folder.glob("predictions/*/*.parquet"):
        path.unlink()
    return folder
