import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.base import IMAGES, LogitsClassifier
from runbench.models.layouts import LAYOUTS
from runbench.models.registry import registered_models
from runbench.models.spec import ModelSpec


class Viewing(nn.Module):
    """A network that reshapes its features by `view`, as tutorials do."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, 4, 5)
        self.linear = nn.Linear(4 * 24 * 24, 10)

    def forward(self, images):
        return self.linear(F.relu(self.convolution(images)).view(len(images), -1))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("as_given", IMAGES.values(), ids=IMAGES)
def test_a_guest_that_reshapes_by_view_runs_on_images_of_any_layout(channels, as_given):
    classifier = LogitsClassifier(Viewing(channels))
    images = as_given(torch.rand(4, channels, 28, 28))
    rows = classifier(classifier.arrange(images))
    torch.testing.assert_close(
        rows, torch.cat([classifier(classifier.arrange(image)) for image in images.split(1)])
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_contiguous_images_have_the_strides_of_rows(channels):
    images = torch.rand(4, channels, 6, 5).contiguous(memory_format=torch.channels_last)
    arranged = IMAGES["contiguous"](images)
    assert arranged.stride() == (30 * channels, 30, 5, 1)
    assert torch.equal(arranged, images)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_images_are_not_written_to(layout):
    images = torch.rand(2, 3, 4, 4)
    assert torch.equal(IMAGES[layout](images), images)


def test_built_in_networks_are_fastest_and_guests_stay_as_they_are():
    assert {spec.layout for spec in registered_models()} == {"channels-last"}

    def build(in_channels, num_classes, image_size, preset):
        return nn.Sequential(nn.Conv3d(in_channels, 2, (1, 3, 3)), nn.Conv2d(2, 2, 3))

    guest = ModelSpec("guest", build, "clean", "guest", "").build(3, 2, (8, 8), "smoke")
    assert all(weight.is_contiguous() for weight in guest.parameters())
