"""A plug-in: one small network, offered to the bench."""

from torch import nn

from models.registry import register_model


@register_model("tiny", regime="clean", summary="one convolution and a linear layer")
def build(in_channels, num_classes, image_size, preset):
    """Build any nn.Module from images (B, C, H, W) in [0, 1] to logits (B, K)."""
    height, width = image_size
    filters = 4 if preset == "smoke" else 16
    return nn.Sequential(
        nn.Conv2d(in_channels, filters, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(filters * ((height - 4) // 2) * ((width - 4) // 2), num_classes),
    )
