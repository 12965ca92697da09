"""What the terminal shows of a comparison, as plain text."""

from __future__ import annotations

import math
import textwrap

import pandas as pd

from runbench.analysis.comparison.compare import Comparison
from runbench.formatting import MINUS, signed
from runbench.report.comparison.figures import sweep_title
from runbench.report.comparison.tables import p_text, verdict

WIDTH = 100
"""Letters to a line of notes."""


def render_comparison(compared: Comparison) -> str:
    """Return a table per suite, a row per model: the sweep's score in both runs, how they differ; then notes."""
    blocks = ["A is {}, B is {}".format(*compared.names)]
    for suite in compared.suites.values():
        rows = compared.comparison
        sweeps = rows[(rows["suite"] == suite.name) & rows["level"].isna()].to_dict(orient="records")
        table = pd.DataFrame(
            {
                "model": [row["model"] for row in sweeps],
                "A": [f"{100 * row['value_a']:.1f}" for row in sweeps],
                "B": [f"{100 * row['value_b']:.1f}" for row in sweeps],
                "A - B": [_difference(row["difference"], row["low"], row["high"]) for row in sweeps],
                "p (Holm)": [p_text(row["p_holm"]).replace("\N{EN DASH}", "-") for row in sweeps],
                "": [verdict(row) + ("" if row["paired"] else ", not paired") for row in sweeps],
            }
        )
        title = sweep_title(str(sweeps[0]["metric"]), suite)
        heading = f"{suite.name}: {title} on {int(sweeps[0]['count'])} test images, in percent with 95% intervals"
        blocks.append(f"{heading}\n\n{table.to_string(index=False, justify='right')}")
    lines = [f"{name} is left out: {reason}." for name, reason in compared.refused.items()]
    lines += compared.notes
    if compared.unlike:
        lines.append(f"Costs are not compared: {'; '.join(compared.unlike)}.")
    return "\n\n".join([*blocks, *(textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in lines)])


def _difference(difference: float, low: float, high: float) -> str:
    value, *bounds = (signed(100 * number).replace(MINUS, "-") for number in (difference, low, high))
    return value if math.isnan(low) else f"{value} [{', '.join(bounds)}]"
