"""What all figures share: colours and line styles by model, type, and how a figure becomes bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from PIL import Image

from runbench.suites import Suite

Colour = tuple[float, float, float]

WIDTH = 8.0
"""Width of a figure in inches."""

RESOLUTION = 150
"""Dots per inch of a PNG."""

INK = "#333333"
FAINT = "#9a9a9a"
WRONG = "#c4500b"

_DASHES = ("-", (0, (4, 1.6)), (0, (1, 1.4)), (0, (6, 1.5, 1, 1.5)))
_MARKERS = ("o", "D", "^", "s", "v", "P")
_BASE: dict[Any, Any] = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#bbbbbb",
    "axes.titlelocation": "left",
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "legend.handlelength": 2.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "svg.hashsalt": "run-bench",
    "svg.fonttype": "path",
    # A name that somebody gave is never read as mathematics.
    "text.parse_math": False,
}


@dataclass(frozen=True)
class ModelStyle:
    """How one model is drawn everywhere."""

    colour: Colour
    dash: Any
    marker: str


ModelStyles = dict[str, ModelStyle]
"""The style of each model by name, in the order in which models are listed."""


def styles_of(models: pd.DataFrame) -> ModelStyles:
    """Give each model a style: colour by architecture, line and marker by regime, in the rows' order.

    Reads the columns model, architecture and regime. Where two models share both, each model has a colour of
    its own.
    """
    distinct = models[["model", "architecture", "regime"]].astype(str).drop_duplicates("model")
    coloured_by = "model" if distinct.duplicated(["architecture", "regime"]).any() else "architecture"
    groups = list(dict.fromkeys(distinct[coloured_by]))
    regimes = list(dict.fromkeys(distinct["regime"]))
    palette = sns.color_palette("colorblind" if len(groups) <= 10 else "husl", len(groups))
    return {
        row["model"]: ModelStyle(
            colour=palette[groups.index(row[coloured_by])],
            dash=_DASHES[regimes.index(row["regime"]) % len(_DASHES)],
            marker=_MARKERS[regimes.index(row["regime"]) % len(_MARKERS)],
        )
        for row in distinct.to_dict(orient="records")
    }


def styles_among(styles: ModelStyles, models: Collection[str]) -> ModelStyles:
    """Return the styles of these models, in the order in which models are listed."""
    return {name: style for name, style in styles.items() if name in set(models)}


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw and write figures in the report's style, whatever the user's settings, which come back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        settings: dict[Any, Any] = dict(sns.axes_style("whitegrid"))
        mpl.rcParams.update(settings | _BASE)
        yield


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure that belongs to no window; height and width in inches."""
    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(wspace=0.06, hspace=0.04))


def new_panels(count: int, height: float, room: float, **shared: Any) -> tuple[Figure, npt.NDArray[np.object_]]:
    """Return a figure of `count` panels, two to a row (R, 2); what is left over of the last row is empty.

    A row is `height` inches high, and `room` is for what stands beside the rows; `shared` are the axes in common.
    """
    columns = min(2, count)
    rows = math.ceil(count / columns)
    figure = new_figure(height * rows + room)
    panels: npt.NDArray[np.object_] = figure.subplots(rows, columns, squeeze=False, **shared)
    for axes in panels.ravel()[count:]:
        axes.set_axis_off()
    return figure, panels


def draw_curve(axes: Axes, curve: pd.DataFrame, style: ModelStyle) -> None:
    """Draw a model's line and its band: level, in ascending order, value, low, high."""
    x, value, low, high = (curve[name].to_numpy(np.float64) for name in ("level", "value", "low", "high"))
    axes.fill_between(x, low, high, color=style.colour, alpha=0.18, linewidth=0)
    axes.plot(x, value, color=style.colour, linestyle=style.dash, linewidth=1.8)


def level_text(level: float) -> str:
    """Write a level as an axis does: three significant digits, whole numbers as they are, with a minus sign."""
    written = f"{level:g}" if float(level).is_integer() else f"{level:.3g}"
    return written.replace("-", "\N{MINUS SIGN}")


def axis_title(suite: Suite) -> str:
    """Name a suite's axis with its unit, unless the axis says it already."""
    return suite.axis if suite.axis.startswith(suite.unit) else f"{suite.axis} ({suite.unit})"


def percent_axis(axis: Any) -> None:
    """Label an axis that holds shares in percent."""
    axis.set_major_formatter(mpl.ticker.PercentFormatter(xmax=1, decimals=0))


def colour_bar(figure: Figure, panels: Any, scale: Normalize, colours: str, **placed: Any) -> Colorbar:
    """Show below the panels which colour stands for what."""
    bar = figure.colorbar(ScalarMappable(scale, colours), ax=panels, location="bottom", **placed)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=8.5)
    return bar


def name_above(axes: Axes, *, slanted: bool) -> None:
    """Write the names of columns above them."""
    axes.tick_params(length=0, labelbottom=False, labeltop=True, labelrotation=0)
    for text in axes.get_xticklabels():
        text.set(rotation=35 if slanted else 0, ha="left" if slanted else "center", rotation_mode="anchor")


def line_legend(figure: Figure, styles: ModelStyles) -> None:
    """Name each model's line below the figure."""
    handles = [
        Line2D([], [], color=style.colour, linestyle=style.dash, linewidth=2, label=name)
        for name, style in styles.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 3))


def marker_legend(figure: Figure, styles: ModelStyles) -> None:
    """Name each model's marker below the figure."""
    handles = [
        Line2D([], [], color=style.colour, linestyle="", marker=style.marker, markersize=7, label=name)
        for name, style in styles.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 3), handlelength=1.2)


def quiet_spines(axes: Axes, *sides: Literal["left", "right", "top", "bottom"]) -> None:
    """Hide the named sides of the frame."""
    for side in sides:
        axes.spines[side].set_visible(False)


def figure_files(figure: Figure) -> dict[str, bytes]:
    """Return the figure as "svg" and "png", laid out once; the same figure gives the same bytes."""
    vector, raster = io.BytesIO(), io.BytesIO()
    figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")
    # The first drawing has put everything in its place; arranging it again takes as long as drawing.
    figure.set_layout_engine("none")
    figure.savefig(raster, format="png", metadata={"Software": None}, facecolor="white", dpi=RESOLUTION)
    return {"svg": vector.getvalue(), "png": _with_palette(raster)}


def _with_palette(raster: io.BytesIO) -> bytes:
    """Return a PNG image with a palette of 256 colours: a quarter of the size, and a report holds hundreds."""
    small = io.BytesIO()
    with Image.open(raster) as image:
        image.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            small, "png", optimize=True
        )
    return small.getvalue()
