"""A plug-in of models that each go wrong in their own way."""

import torch
from torch import nn

from models.registry import register_model


class Diverging(nn.Module):
    """Give scores whose loss is never finite."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, images):
        return images.flatten(1)[:, :10] * self.weight * torch.inf


class Forgetful(nn.Module):
    """Give NaN for every other image once training is over."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(784, 10)

    def forward(self, images):
        scores = self.linear(images.flatten(1))
        if not self.training:
            scores[::2] = torch.nan
        return scores


@register_model("diverging", regime="clean")
def build_diverging(in_channels, num_classes, image_size, preset):
    return Diverging()


@register_model("forgetful", regime="clean")
def build_forgetful(in_channels, num_classes, image_size, preset):
    return Forgetful()


@register_model("misshapen", regime="clean")
def build_misshapen(in_channels, num_classes, image_size, preset):
    return nn.Linear(3, 3)
