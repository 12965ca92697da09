"""What the known networks with capsules hold and draw."""

import torch

from runbench.data.test_images import CPU
from runbench.transforms.lattice import Lattice

SIDE = 28


@torch.inference_mode()
def test_places_are_pixels_from_the_middle(build):
    image = torch.zeros(1, 1, SIDE, SIDE)
    image[0, 0, 3, 20] = 0.5
    middle = Lattice(SIDE, SIDE).points(CPU).mean(dim=0)
    place = torch.tensor([20.0, 3.0]) - middle
    capsules = build("places").capsules(image)
    torch.testing.assert_close(capsules, place.expand(1, 10, 2))


@torch.inference_mode()
def test_a_copyist_draws_the_middle_and_leaves_the_border_black(build, digits):
    network = build("copyist")
    inked = digits.clone()
    inked[:, :, 0, :] = 1.0
    drawn = network.reconstruct_each(network.capsules(inked))
    assert drawn.shape == (6, 10, 1, SIDE, SIDE)
    assert torch.equal(drawn, digits[:, None].expand_as(drawn))
