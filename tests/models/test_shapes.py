import pytest
import torch
from jaxtyping import TypeCheckError

from runbench.models.registry import get_model

IMAGES = torch.zeros(2, 1, 28, 28)


@pytest.mark.parametrize("images", [IMAGES[0], IMAGES.byte()], ids=["no batch", "whole numbers"])
def test_images_of_another_shape_or_type_are_refused_in_the_tests(images):
    network = get_model("capsnet").build(1, 10, (28, 28), "smoke")
    with pytest.raises(TypeCheckError):
        network(images)
