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


class Writing(nn.Module):
    """Normalise the images in place."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(784, 10)

    def forward(self, images):
        return self.linear(images.sub_(0.13).flatten(1))


@register_model("diverging", regime="clean")
def build_diverging(in_channels, num_classes, image_size, preset):
    return Diverging()


@register_model("forgetful", regime="clean")
def build_forgetful(in_channels, num_classes, image_size, preset):
    return Forgetful()


@register_model("misshapen", regime="clean")
def build_misshapen(in_channels, num_classes, image_size, preset):
    return nn.Linear(3, 3)


@register_model("writing", regime="clean")
def build_writing(in_channels, num_classes, image_size, preset):
    return Writing()


@register_model("wide", regime="clean")
def build_wide(in_channels, num_classes, image_size, preset):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, num_classes + 2))
