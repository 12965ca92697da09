from pathlib import Path

import pytest
import torch

from runbench.data.loading import Split, load_embedded
from runbench.data.scenes import lay_scenes


@pytest.fixture(scope="session")
def digits() -> Split:
    """Return the embedded dataset's test digits."""
    return load_embedded(Path())[2]


@pytest.fixture(scope="session")
def lay(digits):
    """Return a function that lays the first `count` digits on a suite's canvas: images (count, N, H, W)."""

    def laid(suite, count):
        scenes = lay_scenes(digits.first(count), suite, suite.objects, torch.Generator().manual_seed(3))
        return scenes.images(torch.arange(count)).float() / 255

    return laid
