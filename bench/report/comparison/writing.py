"""Put a comparison's files in their places."""

from __future__ import annotations

from pathlib import Path

from runbench.analysis.comparison.compare import Comparison
from runbench.plots import figure_style
from runbench.report.comparison.layout import lay_out
from runbench.report.writing import write_page


def write_comparison(compared: Comparison, destination: Path) -> Path:
    """Write a comparison into `destination`, as `write_page` does, and return its index.html.

    Beside the figures' tables there are comparison.csv, features.csv, costs.csv and settings.csv, as far as they
    have rows. The same tables give the same bytes.
    """
    tables = {
        "comparison": compared.comparison,
        "features": compared.features,
        "costs": compared.costs,
        "settings": compared.settings,
    }
    with figure_style():
        page = lay_out(compared)
        return write_page(page, destination, {name: table for name, table in tables.items() if len(table)})
