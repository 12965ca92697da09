"""The columns of every stored table, one schema each. No torch.

A table is long: a number's address is in its columns. Absent means not applicable. In CSV, numbers keep nine
significant digits.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

NAME = pa.dictionary(pa.int16(), pa.string())
"""A text of which a table has few."""

CELL = (("suite", pa.string()), ("task", pa.string()), ("model", pa.string()), ("architecture", pa.string()),
        ("regime", pa.string()), ("seed", pa.int64()))  # fmt: skip

CELL_COLUMNS = tuple(name for name, _ in CELL)
"""What says which cell a row belongs to."""

PREDICTIONS = pa.schema(
    [
        ("suite", NAME),
        ("task", NAME),
        ("model", NAME),
        ("architecture", NAME),
        ("regime", NAME),
        ("seed", pa.int64()),
        ("level", pa.float64()),
        ("attained", pa.float32()),
        ("sample", pa.int32()),
        ("label", pa.int16()),
        ("label_2", pa.int16()),
        ("predicted", pa.int16()),
        ("predicted_2", pa.int16()),
        ("probabilities", pa.list_(pa.float32())),
        ("confidence", pa.float32()),
        ("correct", pa.bool_()),
        ("finite", pa.bool_()),
        ("ambiguous", pa.bool_()),
        ("in_range", pa.bool_()),
    ]
)
"""One row per sample and level; the second label and prediction are null for single objects.

`attained` is the level that the image really has where whole pixels or tiles cannot meet `level`, of two objects
the share of the smaller bounding box that is covered; null where `level` is met exactly.
"""


FEATURES = pa.schema(
    [
        ("suite", NAME),
        ("task", NAME),
        ("model", NAME),
        ("architecture", NAME),
        ("regime", NAME),
        ("seed", pa.int64()),
        ("level", pa.float64()),
        ("layer", NAME),
        ("dimension", pa.int16()),
        ("metric", NAME),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("floor", pa.float64()),
        ("count", pa.int32()),
        ("resamples", pa.list_(pa.float32())),
    ]
)
"""One metric of features per row, layers in the order in which an image passes them.

`level` is null for measures of the whole sweep, `layer` for those of the whole network, `dimension` but for those
of one dimension of a capsule, `floor` where the measure has none. low and high bound 95% over images. `resamples`,
for measures that are compared between models, are the value and its values on the bootstrap's resamples.
"""


METRICS = pa.schema(
    [
        *CELL,
        ("level", pa.float64()),
        ("subset", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("count", pa.int64()),
    ]
)
"""One number per row; `level` is null for those of the whole sweep; low and high bound 95%."""

SUMMARY = pa.schema(
    [
        ("suite", pa.string()),
        ("model", pa.string()),
        ("architecture", pa.string()),
        ("regime", pa.string()),
        ("seeds", pa.int64()),
        ("count", pa.int64()),
        ("mean_accuracy", pa.float64()),
    ]
)
"""One suite and model per row: what every summary has; of each further metric value, low, high and sd."""

COMPARISONS = pa.schema(
    [
        ("suite", pa.string()),
        ("task", pa.string()),
        ("model", pa.string()),
        ("other", pa.string()),
        ("seed", pa.float64()),
        ("level", pa.float64()),
        ("metric", pa.string()),
        ("difference", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("seed_sd", pa.float64()),
        ("only_model", pa.float64()),
        ("only_other", pa.float64()),
        ("p_value", pa.float64()),
        ("p_holm", pa.float64()),
        ("separated", pa.bool_()),
        ("resolvable", pa.float64()),
        ("seeds", pa.int64()),
        ("count", pa.int64()),
    ]
)
"""Two models on the same images per row, `difference` being model minus other; low and high bound 95%.

`level` is null for the metric of the sweep, `seed` for all seeds pooled. `only_model` and `only_other` count the
images that are right for one alone, `seed_sd` is the standard deviation of the difference over seeds, `resolvable`
the smallest difference that so many images resolve; null where they do not apply.
"""

CLAIMS = pa.schema(
    [
        ("claim", pa.int64()),
        ("part", pa.string()),
        ("statement", pa.string()),
        ("decided_by", pa.string()),
        ("margin", pa.float64()),
        ("direction", pa.string()),
        ("effect", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("unit", pa.string()),
        ("seeds", pa.int64()),
        ("count", pa.int64()),
        ("verdict", pa.string()),
        ("claim_verdict", pa.string()),
        ("note", pa.string()),
    ]
)
"""One quantity that decides a claim per row; margin, effect and its 95% interval, low to high, are in `unit`.

`verdict` is that of the part, `claim_verdict` that of all of the claim's parts together; effect and interval are
null where it is "not tested".
"""

COSTS = pa.schema(
    [
        ("suite", pa.string()),
        ("model", pa.string()),
        ("architecture", pa.string()),
        ("regime", pa.string()),
        ("device", pa.string()),
        ("precision", pa.string()),
        ("threads", pa.int64()),
        ("batch_size", pa.float64()),
        ("metric", pa.string()),
        ("unit", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("count", pa.int64()),
    ]
)
"""One cost per row; low and high are the 5th and 95th percentile of `count` timed batches, null if counted."""

HISTORY = pa.schema(
    [
        ("suite", pa.string()),
        ("model", pa.string()),
        ("architecture", pa.string()),
        ("regime", pa.string()),
        ("seed", pa.int64()),
        ("epoch", pa.int64()),
        ("metric", pa.string()),
        ("value", pa.float64()),
    ]
)
"""How training went: a number per row and epoch."""

OPTIONAL_TEXTS = ("part", "note", "unit")
"""Texts that may have nothing to say."""


def empty(schema: pa.Schema) -> pd.DataFrame:
    """Return a table without rows."""
    return pd.DataFrame(columns=list(schema.names))


def fault(table: pd.DataFrame, schema: pa.Schema) -> str:
    """Say what keeps a table that was read from CSV from being used; empty where nothing does."""
    absent = [column for column in schema.names if column not in table]
    if absent:
        return f"it lacks the columns {', '.join(absent)}"
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    named = [name for name in texts if name in ("suite", "model", "architecture", "regime", "other")]
    if table[named].isna().any(axis=None):
        return "a row does not say which suite and model it belongs to"
    # A table without a row has columns of no kind
    numbers = [name for name in schema.names if name not in texts and len(table)]
    wrong = [name for name in numbers if not pd.api.types.is_numeric_dtype(table[name])]
    return f"{', '.join(wrong)} should be numbers" if wrong else ""
