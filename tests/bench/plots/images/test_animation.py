import io
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from fixtures.figures import learning
from runbench import plots
from runbench.plots.images.animation import LARGEST


def frames(content):
    gif: Any = Image.open(io.BytesIO(content))
    pictures = []
    for place in range(gif.n_frames):
        gif.seek(place)
        pictures.append((np.asarray(gif.convert("RGB")).astype(int), gif.info["duration"]))
    return pictures


def test_the_animation_has_a_frame_per_epoch_and_waits_at_the_end():
    pictures = frames(plots.animate_learning(*learning()))
    assert len(pictures) == 6
    assert pictures[-1][1] > pictures[0][1] > 0
    assert all((pictures[i][0] != pictures[i + 1][0]).any() for i in range(5))
    assert (pictures[0][0][-1, 0] == 255).all()


def test_the_animation_shows_the_output_of_its_epoch():
    watched, attended, theta, epochs = learning()
    attended = np.zeros_like(attended)
    attended[3, 2] = 255
    pictures = [picture for picture, _ in frames(plots.animate_learning(watched, attended, theta, epochs))]
    changed = (pictures[3] - pictures[0]).min(axis=2) > 200
    rows, columns = np.nonzero(changed)
    # Under the third of eight columns, and as large as an image.
    assert 0.25 < columns.mean() / changed.shape[1] < 0.4
    assert changed.sum() > 80 * 80
    assert 0.4 < rows[len(rows) // 2] / changed.shape[0] < 0.8


def test_the_outline_in_the_animation_is_where_theta_samples():
    """A transformer that styles at the right lower quarter has its outline there, in the accent colour."""
    watched, attended, theta, epochs = learning(1)
    theta = np.tile(np.array([[0.5, 0, 0.5], [0, 0.5, 0.5], [0, 0, 1]]), (2, 8, 1, 1))
    picture = frames(plots.animate_learning(watched[:1] * 0, attended[:, :1], theta[:, :1], epochs))[-1][0]
    accent = np.abs(picture - [int(mpl.colors.to_rgb("#c4500b")[i] * 255) for i in range(3)]).sum(axis=2) < 60
    black = picture.sum(axis=2) < 30
    y, x = np.nonzero(accent)
    # The tile of the input is black but for the outline; the output below it is not all black.
    top, left = np.argwhere(black & (np.arange(black.shape[0]) > 20)[:, None]).min(axis=0)
    left = np.nonzero(black[top])[0].min()
    assert (x.min() - left, y.min() - top) == pytest.approx((42, 42), abs=2)
    assert (x.max() - left, y.max() - top) == pytest.approx((84, 84), abs=2)


def test_a_theta_that_is_not_finite_is_written_and_not_drawn():
    watched, attended, theta, epochs = learning()
    theta[3] = np.nan
    assert len(frames(plots.animate_learning(watched, attended, theta, epochs))) == 6


def test_an_animation_stays_small():
    generator = np.random.default_rng(0)
    watched = generator.integers(0, 256, (8, 3, 40, 40), dtype=np.uint8)
    attended = generator.integers(0, 256, (30, 8, 3, 40, 40), dtype=np.uint8)
    content = plots.animate_learning(watched, attended, np.tile(np.eye(3), (30, 8, 1, 1)), np.arange(30))
    assert len(content) <= LARGEST
    assert len(frames(content)) >= 2
