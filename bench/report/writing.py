"""Render the report and put its files in their places."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runbench.plots import figure_files, figure_style
from runbench.report.blocks import Page
from runbench.report.layout import lay_out
from runbench.report.page import compose
from runbench.store import files
from runbench.store.run import StoredRun

TEMPLATES = Path(__file__).with_name("templates")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_report(run: StoredRun, destination: str | Path) -> Path:
    """Write the report of a stored run into a folder and return its index.html.

    What the run lacks is named in the report. The same tables give the same bytes.
    """
    with figure_style():
        return write_page(lay_out(compose(run)), Path(destination))


def write_page(page: Page, destination: Path, tables: Mapping[str, pd.DataFrame] = MappingProxyType({})) -> Path:
    """Render a page into `destination` and return its index.html.

    Writes index.html, which needs no other file, report.md, figures/ (SVG, PNG, GIF) and tables/ (CSV: those of
    the figures, and `tables` by name), each atomically; figures and tables of an earlier page that no longer
    apply are removed.
    """
    written = {_write_table(name, table, destination) for name, table in tables.items()}
    written.update(_write_figures(page, destination))
    files.write_text(destination / "report.md", _markdown().get_template("page.md.j2").render(page=page))
    index = destination / "index.html"
    images = {
        figure.name: _data_uri(destination / "figures" / f"{figure.name}.svg", "image/svg+xml")
        for figure in page.figures
    }
    animations = {
        figure.name: _data_uri(destination / "figures" / f"{figure.name}.gif", "image/gif")
        for figure in page.figures
        if figure.animate is not None
    }
    html = _html().get_template("page.html.j2").render(page=page, images=images, animations=animations)
    files.write_text(index, html)
    for path in (*destination.glob("figures/*.*"), *destination.glob("tables/*.csv")):
        if path not in written and path.suffix in (".svg", ".png", ".gif", ".csv"):
            path.unlink()
    return index


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with text that a spreadsheet would take for a formula quoted by an apostrophe."""
    quoted = frame.copy()
    for column in quoted.columns:
        if not pd.api.types.is_numeric_dtype(quoted[column]):
            quoted[column] = quoted[column].map(_inert_value, na_action="ignore")
    return quoted


def escape_markdown(value: Any) -> Any:
    """Return text that Markdown shows as it stands: no tag, no link, no table cell, one line."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    one_line = re.sub(r"\s+", " ", value)
    for character, written in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("](", "]\\("), ("`", "\\`")):
        one_line = one_line.replace(character, written)
    return one_line


def _inert_value(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _write_table(name: str, table: pd.DataFrame, destination: Path) -> Path:
    path = destination / "tables" / f"{name}.csv"
    files.write_csv(path, inert(table))
    return path


def _write_figures(page: Page, destination: Path) -> list[Path]:
    """Write every figure twice, what moves beside it, and its table; return the paths."""
    written = []
    for figure in page.figures:
        written.append(_write_table(figure.name, figure.table, destination))
        animated = {} if figure.animate is None else {"gif": figure.animate()}
        for suffix, content in (figure_files(figure.draw()) | animated).items():
            path = destination / "figures" / f"{figure.name}.{suffix}"
            with files.atomic_file(path) as file:
                file.write(content)
            written.append(path)
    return written


def _data_uri(picture: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _html() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _markdown() -> Environment:
    # Markdown is not HTML: autoescaping would write &#39; for every apostrophe.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES),
        finalize=escape_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
