import pytest
import torch

from models.base import count_parameters
from models.cnn import SHAPES, build_cnn


@pytest.mark.parametrize("size", [(28, 28), (36, 36), (40, 40), (42, 42), (60, 60), (29, 43)])
@pytest.mark.parametrize("preset", ["smoke", "standard", "paper"])
def test_the_shape_knows_the_size_of_the_last_feature_map(size, preset):
    cnn = build_cnn(2, 7, size, preset)
    images = torch.rand(1, 2, *size)
    assert cnn.features(images).shape[-2:] == SHAPES[preset].feature_size(size)
    assert cnn(images).shape == (1, 7)


def test_parameters_by_hand():
    convolutions = 25 * 16 + 16 * 25 * 32
    normalisations = 2 * 16 + 2 * 32
    linear = (32 * 7 * 7 + 1) * 100 + (100 + 1) * 10
    counted = convolutions + normalisations + linear
    assert count_parameters(build_cnn(1, 10, (28, 28), "standard")) == counted == 171_206
