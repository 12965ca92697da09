"""A plug-in of a model that does not tell how it looks at images."""

from torch import nn

from models.base import Classifier
from models.registry import register_model


class Shy(Classifier):
    """Classify by one linear layer, and fail when asked for a view."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(784, 10)

    def forward(self, images):
        return self.linear(images.flatten(1))

    def theta(self, images):
        raise RuntimeError("that is private")

    def attend(self, images):
        return images


@register_model("shy", regime="clean")
def build(in_channels, num_classes, image_size, preset):
    return Shy()
