"""What capsules hold: reconstructions, what each dimension draws, and where coupling comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import matplotlib as mpl
import numpy as np
from jaxtyping import Float, Integer, UInt8
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure

from runbench.plots.images.strips import Images, Pictures, Row, Words, coloured, joined, plot_rows, show_pixels
from runbench.plots.style import level_text, quiet_spines

Drawings = UInt8[np.ndarray, "images channels height width"]
BothDrawings = UInt8[np.ndarray, "images 2 channels height width"]
OneClass = Integer[np.ndarray, "images"]
TwoClasses = Integer[np.ndarray, "images 2"]
Maps = Float[np.ndarray, "images _ _"]
Digits = Integer[np.ndarray, "digits"]
Steps = Float[np.ndarray, "steps"]

ON_BLACK = ((255, 166, 33), (48, 150, 255))
"""Colours of two overlapping digits, which add up to white."""

ON_WHITE = ("#b36800", "#1768b8")
"""The same, dark enough for letters."""

MAP_COLOURS = "viridis"
ROOM_FOR_SCALE = 0.6
HALF_INK = 0.5
"""The share of an image's range at which its outline is drawn."""


def plot_reconstructions(
    images: Drawings, labels: OneClass, predicted: OneClass, by_label: Drawings, by_prediction: Drawings
) -> Figure:
    """Plot images with the drawings from their label's and from the predicted class's capsule.

    images, by_label and by_prediction (R, C, H, W) uint8, labels and predicted (R,). A prediction that is not the
    label stands in a filled box.
    """
    return plot_rows(
        [
            [
                Images("reconstruction target", images),
                Images("drawn from the label's capsule", by_label),
                Images("drawn from the predicted one", by_prediction),
                Words("label", _words(labels[:, None])),
                Words("predicted", _words(predicted[:, None]), tuple((labels != predicted).tolist())),
            ]
        ]
    )


def plot_reconstructed_digits(
    images: Drawings,
    labels: TwoClasses,
    predicted: TwoClasses,
    by_label: BothDrawings,
    by_prediction: BothDrawings,
    absent: Drawings | None,
    absent_classes: OneClass | None,
) -> Figure:
    """Plot images of two overlapping digits with the drawings of both, in two colours laid over each other.

    images and absent (R, C, H, W) uint8, labels and predicted (R, 2), by_label and by_prediction (R, 2, C, H, W),
    absent_classes (R,). `absent` are drawings of a class that is not in the image: they stand in a frame.
    """
    wrong = tuple((np.sort(labels, axis=1) != np.sort(predicted, axis=1)).any(axis=1).tolist())
    blocks: list[list[Row]] = [
        [
            Images("reconstruction target", images),
            Images("drawn from the labels' capsules", in_two_colours(by_label)),
            Words("labels", _words(labels), colours=ON_WHITE),
        ],
        [
            Images("drawn from the predicted ones", in_two_colours(by_prediction)),
            Words("predicted", _words(predicted), wrong, ON_WHITE),
        ],
    ]
    if absent is not None and absent_classes is not None:
        blocks.append(
            [
                Images("drawn from an absent class", absent, (True,) * len(absent)),
                Words("absent class", _words(absent_classes[:, None])),
            ]
        )
    return plot_rows(blocks)


def in_two_colours(drawings: BothDrawings) -> UInt8[np.ndarray, "images 3 height width"]:
    """Lay two drawings (R, 2, C, H, W) over each other in two colours, as (R, 3, H, W) uint8."""
    ink = drawings.mean(axis=2) / 255
    mixed = np.einsum("rdhw,dc->rchw", ink, np.array(ON_BLACK, dtype=float))
    return np.asarray(np.clip(mixed, 0, 255).round().astype(np.uint8))


def plot_dimensions(
    drawings: UInt8[np.ndarray, "digits dimensions steps channels height width"],
    labels: Digits,
    steps: Steps,
) -> Figure:
    """Plot digits side by side, a row per dimension of the capsule and a column per step along it.

    drawings (N, D, T, C, H, W) uint8, labels (N,), steps (T,).
    """
    count, rows, columns = drawings.shape[:3]
    side, left, gap, head, foot = 0.36, 0.45, 0.3, 0.34, 0.55
    width = max(left + count * columns * side + (count - 1) * gap + 0.1, 6.0)
    tall = head + rows * side + foot
    figure = Figure(figsize=(width, tall))
    for digit, (drawing, label) in enumerate(zip(drawings, labels, strict=True)):
        x = left + digit * (columns * side + gap)
        axes = figure.add_axes((x / width, foot / tall, columns * side / width, rows * side / tall))
        strips = [np.pad(joined(row), [(1, 1), (0, 0), (0, 0)], constant_values=255) for row in drawing]
        show_pixels(axes, np.concatenate(strips), (0, columns, rows, 0))
        shown = sorted({0, int(np.abs(steps).argmin()), columns - 1})
        axes.set_xticks(
            [place + 0.5 for place in shown], [level_text(round(steps[i], 6)) for i in shown], fontsize=8
        )
        axes.set_yticks(
            np.arange(rows) + 0.5, [str(row + 1) for row in range(rows)] if digit == 0 else [""] * rows
        )
        axes.tick_params(length=0, labelsize=8)
        axes.set_title(f"capsule of the {label}", fontsize=9)
        axes.set_xlabel("added to the dimension", fontsize=9)
        axes.grid(visible=False)
        quiet_spines(axes, "top", "right", "left", "bottom")
    figure.axes[0].set_ylabel("dimension of the capsule", fontsize=9)
    return figure


@final
@dataclass(frozen=True)
class _Maps(Row):
    """A row of maps (N, h, w) as colours, each over the outline of its image (N, C, H, W), with a scale."""

    title: str
    maps: Maps
    images: Pictures
    lattice: tuple[float, float] | None

    @property
    def columns(self) -> int:
        return len(self.maps)

    def draw(self, axes: Axes) -> None:
        finite = self.maps[np.isfinite(self.maps)]
        highest = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
        limits = mpl.colors.Normalize(0, highest)
        colours = mpl.colormaps[MAP_COLOURS].with_extremes(bad="#888888")
        grey = coloured(self.images).mean(axis=-1)
        height, width = grey.shape[1:]
        for column, (coupling, image) in enumerate(zip(self.maps, grey, strict=True)):
            inside = axes.inset_axes((column + 0.02, 0.02, 0.96, 0.96), transform=axes.transData)
            inside.imshow(
                np.ma.masked_invalid(coupling),
                cmap=colours,
                norm=limits,
                extent=map_extent(coupling.shape, (height, width), self.lattice),
                aspect="auto",
                interpolation="none",
            )
            if image.max() > image.min():
                outline = image.min() + HALF_INK * (image.max() - image.min())
                inside.contour(image, levels=[outline], colors="white", linewidths=0.9)
            inside.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xticks=[], yticks=[])
            inside.set_facecolor("#2b2b2b")
            inside.grid(visible=False)
            quiet_spines(inside, "top", "right", "left", "bottom")
        axes.set_yticks([0.5], [self.title], fontsize=8.5)
        scale = axes.inset_axes((self.columns + 0.1, 0.1, 0.1, 0.8), transform=axes.transData)
        bar = Colorbar(scale, ScalarMappable(limits, colours), ticks=[0, highest])
        bar.ax.set_yticklabels(["0", f"{highest:.2g}"])
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=0, labelsize=7)


def map_extent(
    shape: tuple[int, ...], image: tuple[int, int], lattice: tuple[float, float] | None
) -> tuple[float, float, float, float]:
    """Return where a map of `shape` (h, w) lies in an image's pixels: left, right, foot, head; pixel 0 at 0.

    `lattice` is the map's pitch and the centre of its first position, in pixels; without it the map is stretched
    over the whole image.
    """
    if lattice is None:
        return (-0.5, image[1] - 0.5, image[0] - 0.5, -0.5)
    pitch, offset = lattice
    start = offset - pitch / 2
    return (start, start + pitch * shape[1], start + pitch * shape[0], start)


def plot_coupling(
    images: Pictures,
    titles: Sequence[str],
    label: str,
    maps: Mapping[str, Maps],
    lattices: Mapping[str, tuple[float, float] | None],
) -> Figure:
    """Plot images and, below, a row per model with the coupling to the predicted capsule as a map over each.

    images (N, C, H, W) or (N, H, W) uint8, `titles` one per image or none, with their label, maps (N, h, w) by
    model; lattices as `map_extent` takes them. White is the outline of what is in the image.
    """
    pictures = images[:, None] if images.ndim == 3 else images
    rows: list[Row] = [Words(label, tuple((title,) for title in titles))] if titles else []
    rows.append(Images("image", images))
    rows += [_Maps(model, coupling, pictures, lattices[model]) for model, coupling in maps.items()]
    return plot_rows([rows], right=ROOM_FOR_SCALE)


def _words(classes: Integer[np.ndarray, "images classes"]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(number) for number in row) for row in classes)
