import pytest
import torch
from jaxtyping import TypeCheckError

from runbench.transforms.geometric import Rotation, Shear
from runbench.transforms.pixels import shift

IMAGES = torch.zeros(2, 1, 5, 5)


@pytest.mark.parametrize(
    ("images", "parameters"),
    [(IMAGES[0], torch.ones(2, 1)), (IMAGES, torch.ones(3, 1)), (IMAGES.int(), torch.ones(2, 1))],
    ids=["no batch", "another batch", "whole numbers"],
)
def test_tensors_of_another_shape_or_type_are_refused_in_the_tests(images, parameters):
    with pytest.raises(TypeCheckError):
        Shear(0.5)(images, parameters)


def test_whole_numbers_serve_as_levels_and_as_pixels():
    assert Rotation(0)(IMAGES, torch.empty(2, 0)) is IMAGES
    assert shift(IMAGES.byte(), torch.zeros(2, 2, dtype=torch.long)).dtype == torch.uint8
