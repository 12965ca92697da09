"""What spatial transformers see, how they learn it, and the angle that they undo."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from runbench.plots.images.strips import (
    MOST_COLUMNS,
    AlongAxis,
    Epochs,
    Images,
    Levels,
    OfImages,
    OfSamples,
    Pictures,
    Words,
    class_text,
    even_choice,
    plot_rows,
)
from runbench.plots.style import (
    FAINT,
    ModelStyles,
    axis_title,
    draw_curve,
    level_text,
    line_legend,
    new_figure,
    quiet_spines,
    styles_among,
)
from runbench.suites import Suite

Angles = Float[np.ndarray, "*angles"]

MOST_EPOCHS = 4
HALF_TURN, TURN = 180.0, 360.0


def plot_attended_along_axis(
    images: AlongAxis,
    levels: Levels,
    labels: OfSamples,
    attended: Mapping[str, UInt8[np.ndarray, "samples levels _ _ _"]],
    suite: Suite,
) -> Figure:
    """Plot each sample's images along the sweep and, below, what each model's transformer makes of them.

    images (S, L, H, W) or (S, L, C, H, W) uint8, levels (L,), labels (S,) or (S, k), attended (S, L, C, h, w)
    uint8 by model. Of many levels an even choice is shown, the identity among them.
    """
    columns = even_choice(len(levels), MOST_COLUMNS, int(np.abs(levels - suite.identity).argmin()))
    blocks = [
        [
            Images(f"label {class_text(truth)}", images[sample][columns]),
            *(Images(model, passed[sample][columns]) for model, passed in attended.items()),
        ]
        for sample, truth in enumerate(labels.reshape(len(labels), -1))
    ]
    return plot_rows(blocks, [level_text(level) for level in levels[columns]], axis_title(suite))


def plot_attended(
    images: Pictures,
    labels: OfImages,
    attended: Mapping[str, UInt8[np.ndarray, "images _ _ _"]],
) -> Figure:
    """Plot samples side by side and, below, what each model's transformer makes of them, and their labels.

    images (S, H, W) or (S, C, H, W) uint8, labels (S,) or (S, k), attended (S, C, h, w) uint8 by model.
    """
    rows = [Images("input", images), *(Images(model, passed) for model, passed in attended.items())]
    return plot_rows(
        [[*rows, Words("label", tuple((class_text(truth),) for truth in labels.reshape(len(labels), -1)))]]
    )


def plot_learning(
    watched: UInt8[np.ndarray, "images channels height width"],
    attended: UInt8[np.ndarray, "epochs images _ _ _"],
    epochs: Epochs,
) -> Figure:
    """Plot images (B, C, H, W) uint8 and, below, what the transformer makes of them at a few epochs.

    attended (E, B, C, h, w) uint8, epochs (E,); the first and the last are shown, and some between.
    """
    shown = even_choice(len(epochs), MOST_EPOCHS)
    passed = [Images("before training" if epochs[i] == 0 else f"epoch {epochs[i]}", attended[i]) for i in shown]
    return plot_rows([[Images("input", watched)], passed])


def plot_theta(theta: pd.DataFrame, styles: ModelStyles) -> Figure:
    """Plot each entry of theta against epoch, in its place of the matrix: a thin line per image, their mean bold.

    theta: model, epoch, image, row, column (both from 1), value. A dashed line is the matrix that changes nothing.
    """
    rows = int(theta["row"].max())
    shown = styles_among(styles, theta["model"])
    figure = new_figure(1.75 * rows + 0.8)
    panels = figure.subplots(rows, 3, sharex=True, squeeze=False)
    for (row, column), axes in np.ndenumerate(panels):
        entry = theta[(theta["row"] == row + 1) & (theta["column"] == column + 1)]
        axes.axhline(float(row == column), color=FAINT, linewidth=1, linestyle=(0, (3, 2)), zorder=1)
        for model, style in shown.items():
            lines = entry[entry["model"] == model].pivot_table(index="epoch", columns="image", values="value")
            epochs, values = lines.index.to_numpy(dtype=float), lines.to_numpy(dtype=float)
            segments = [np.column_stack([epochs, image]) for image in values.T]
            axes.add_collection(LineCollection(segments, colors=[style.colour], linewidths=0.7, alpha=0.35))
            axes.plot(epochs, values.mean(axis=1), color=style.colour, linestyle=style.dash, linewidth=2)
        axes.autoscale_view()
        low, high = axes.get_ylim()
        # Without a least height, an entry that stays where it was would look like one that trembles.
        axes.set_ylim(min(low, float(row == column) - 0.1), max(high, float(row == column) + 0.1))
        axes.set_title(f"row {row + 1}, column {column + 1}", fontsize=9)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True, nbins=5))
        axes.tick_params(labelsize=8)
        quiet_spines(axes, "top", "right")
    for axes in panels[-1]:
        axes.set_xlabel("epoch", fontsize=9)
    line_legend(figure, shown)
    return figure


def plot_recovered(recovered: pd.DataFrame, suite: Suite, styles: ModelStyles) -> Figure:
    """Plot the recovered against the applied angle, in degrees, with the diagonal of a perfect canonicaliser.

    recovered: model, level, value, low, high, which may pass a half turn: what leaves the axes at the top comes
    back at the foot.
    """
    figure = new_figure(5.4)
    axes = figure.subplots()
    levels = recovered["level"].to_numpy(dtype=float)
    span = np.array([min(levels.min(), -HALF_TURN), max(levels.max(), HALF_TURN)])
    for shift in _shifts(span):
        axes.plot(span, span + shift, color=FAINT, linewidth=1.2, linestyle=(0, (3, 2)), zorder=1)
    shown = styles_among(styles, recovered["model"])
    for model, style in shown.items():
        line = recovered[recovered["model"] == model].sort_values("level")
        for shift in _shifts(line[["low", "high"]].to_numpy(np.float64)):
            moved = line.assign(value=line["value"] + shift, low=line["low"] + shift, high=line["high"] + shift)
            draw_curve(axes, moved, style)
            axes.plot(moved["level"], moved["value"], style.marker, color=style.colour, markersize=3.5)
    axes.set(xlim=(span[0], span[1]), ylim=(-HALF_TURN, HALF_TURN))
    _degrees(axes)
    axes.set(xlabel=axis_title(suite), ylabel="recovered angle (degrees)")
    axes.set_aspect("equal")
    line_legend(figure, shown)
    return figure


def _shifts(angles: Angles) -> list[float]:
    """Return the whole turns by which angles must be moved to pass between minus and plus a half turn."""
    lowest = int(np.floor((-HALF_TURN - angles.max()) / TURN))
    highest = int(np.ceil((HALF_TURN - angles.min()) / TURN))
    return [
        turn * TURN
        for turn in range(lowest, highest + 1)
        if angles.max() + turn * TURN > -HALF_TURN and angles.min() + turn * TURN < HALF_TURN
    ]


def _degrees(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(mpl.ticker.MultipleLocator(90))
        axis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: level_text(value)))
    quiet_spines(axes, "top", "right")
