import pytest
import torch

from runbench.selftest.subjects import NETWORKS

SIDE = 28


@pytest.fixture
def digits():
    """Return blobs off the middle, different from one another: (6, 1, 28, 28)."""
    source = torch.Generator().manual_seed(3)
    images = torch.zeros(6, 1, SIDE, SIDE)
    images[:, :, 8:18, 10:19] = torch.randint(256, (6, 1, 10, 9), generator=source) / 255
    return images


@pytest.fixture
def build():
    return lambda name: NETWORKS[name].build(1, 10, (SIDE, SIDE), "standard").eval()
