"""A plug-in whose models train in a moment: one linear layer, in both regimes."""

from torch import nn

from models.registry import register_model


@register_model("linear", regime="clean", architecture="linear")
@register_model("linear-augmented", regime="augmented", architecture="linear")
def build(in_channels, num_classes, image_size, preset):
    """Classify by one linear layer."""
    height, width = image_size
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * height * width, num_classes))
