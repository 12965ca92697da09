"""A transformer as it learns, as an animated GIF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from runbench.plots.images.strips import Epochs, Picture, Pictures, coloured, even_choice
from runbench.plots.style import INK, WRONG

LARGEST = 110_000
"""Bytes that an animation may have; a larger one is made again of fewer epochs."""

MOST_FRAMES = (12, 8, 5, 3)
COLOURS = 20
NEAR = 24
"""Colours of an animation, and how near one lies to black or white, in red, green and blue together, to be it."""

FRAME, LAST_FRAME = 450, 2500
"""How long a frame stands, in milliseconds."""

SIDE, MARGIN, COLUMN, LEFT, HEADING, LINE = 84, 14, 114, 56, 20, 13
"""Pixels: of an image at least, around it, of a column, to the left, of the heading and of a line of theta."""


def animate_learning(
    watched: Pictures,
    attended: UInt8[np.ndarray, "epochs images _ _ _"],
    theta: Float[np.ndarray, "epochs images 3 3"],
    epochs: Epochs,
) -> bytes:
    """Return a GIF with a frame per epoch: images, what the transformer makes of them, and theta.

    watched (B, C, H, W) and attended (E, B, C, h, w) uint8, theta (E, B, 3, 3), epochs (E,). A quadrilateral marks
    where in the image the transformer looks, its thick side what comes out at the top. Of many epochs an even
    choice is shown, fewer where the file would be too large. The same arrays give the same bytes.
    """
    content = b""
    for most in MOST_FRAMES:
        shown = even_choice(len(epochs), most)
        content = _gif([_frame(watched, attended[i], theta[i], int(epochs[i])) for i in shown])
        if len(content) <= LARGEST:
            break
    return content


def _gif(frames: Sequence[Image.Image]) -> bytes:
    """Write frames with one palette for all of them."""
    together = Image.fromarray(np.concatenate([np.asarray(frame) for frame in frames]))
    palette = together.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette.putpalette(_with_ends(palette.getpalette() or []))
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    file = io.BytesIO()
    indexed[0].save(
        file,
        format="GIF",
        save_all=True,
        append_images=indexed[1:],
        duration=[FRAME] * (len(frames) - 1) + [LAST_FRAME],
        loop=0,
        disposal=1,
    )
    return file.getvalue()


def _with_ends(palette: Sequence[int]) -> list[int]:
    """Return a palette, red, green and blue in turn, whose darkest and lightest colours are black and white.

    All that lie near them: Pillow looks colours up in coarse steps and would take one for the other.
    """
    colours = np.array(palette).reshape(-1, 3)
    lightness = colours.sum(axis=1)
    colours[lightness < lightness.min() + NEAR] = 0
    colours[lightness > lightness.max() - NEAR] = 255
    return [int(value) for value in colours.ravel()]


def _frame(
    watched: Pictures,
    attended: UInt8[np.ndarray, "images _ _ _"],
    theta: Float[np.ndarray, "images 3 3"],
    epoch: int,
) -> Image.Image:
    """Draw one epoch: a column per image."""
    lines = 2 if np.allclose(theta[:, 2], (0, 0, 1), equal_nan=True) else 3
    tile = SIDE + 2 * MARGIN
    frame = Image.new("RGB", (LEFT + COLUMN * len(watched), HEADING + 2 * tile + LINE * lines + 8), "white")
    draw = ImageDraw.Draw(frame)
    draw.text((LEFT, 5), "before training" if epoch == 0 else f"epoch {epoch}", INK, _font("DejaVuSans-Bold", 14))
    rows = (("input", tile / 2), ("output", 1.5 * tile), ("theta", 2 * tile + LINE * lines / 2))
    for name, middle in rows:
        draw.text((6, HEADING + middle), name, INK, _font("DejaVuSans", 12), anchor="lm")
    for column, (image, passed, matrix) in enumerate(
        zip(coloured(watched), coloured(attended), theta, strict=True)
    ):
        left = LEFT + COLUMN * column
        frame.paste(_looked_at(image, matrix), (left, HEADING))
        frame.paste(_enlarged(passed), (left + MARGIN, HEADING + tile + MARGIN))
        for row in range(lines):
            # Adding 0 takes the sign from what rounds to 0.
            written = " ".join(f"{value:5.2f}" for value in matrix[row].round(2) + 0.0)
            place = (left + MARGIN, HEADING + 2 * tile + LINE * row)
            draw.text(place, written, INK, _font("DejaVuSansMono", 9))
    return frame


def _looked_at(image: Picture, theta: Float[np.ndarray, "3 3"]) -> Image.Image:
    """Draw the image (H, W, 3) with the outline of what theta samples, as far as it is finite."""
    tile = Image.new("RGB", (SIDE + 2 * MARGIN,) * 2, "white")
    tile.paste(_enlarged(image), (MARGIN, MARGIN))
    corners = theta @ np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]], dtype=float).T
    if np.isfinite(corners).all() and (corners[2] > 0).all():
        # Far outside the tile nothing is seen, and lines of endless length are slow to draw.
        places = np.clip((corners[:2] / corners[2] + 1) / 2 * SIDE + MARGIN, -10 * SIDE, 10 * SIDE)
        outline = [(float(x), float(y)) for x, y in places.T]
        draw = ImageDraw.Draw(tile)
        draw.line([*outline[1:], outline[0]], fill=WRONG, width=1)
        draw.line(outline[:2], fill=WRONG, width=3)
    return tile


def _enlarged(image: Picture) -> Image.Image:
    return Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.NEAREST)


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font that comes with matplotlib, so that letters look alike on every machine."""
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", size)
