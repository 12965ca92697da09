"""Render the report and put its files in their places."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from runbench.plots import figure_files, figure_style
from runbench.report.blocks import Page
from runbench.report.layout import lay_out
from runbench.report.page import compose
from runbench.store import files
from runbench.store.run import StoredRun

TEMPLATES = Path(__file__).with_name("templates")

KINDS = {".svg": "image/svg+xml", ".gif": "image/gif"}
"""The kinds of picture that the page holds itself."""

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
    # Markdown is not HTML: autoescaping would write &#39; for every apostrophe
    markdown = _template("page.md.j2", finalize=escape_markdown, keep_trailing_newline=True)
    files.write_text(destination / "report.md", markdown.render(page=page))
    index = destination / "index.html"
    images = {path.name: _data_uri(path) for path in written if path.suffix in KINDS}
    files.write_text(index, _template("page.html.j2", autoescape=True).render(page=page, images=images))
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


def _data_uri(picture: Path) -> str:
    return f"data:{KINDS[picture.suffix]};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _template(name: str, **options: Any) -> Template:
    return Environment(  # noqa: S701 - each page escapes in its own way
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    ).get_template(name)
