"""The one interface that the bench asks of a model."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, final

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.answers import first_head_of, scores_of
from runbench.models.layouts import Layout
from runbench.models.shapes import Images, Loss, Scores, Sets, Targets


def contiguous(images: Images) -> Images:
    """Return images row by row; with one channel only a copy has the strides that `view` needs further on."""
    return images.clone(memory_format=torch.contiguous_format)


def channels_last(images: Images) -> Images:
    """Return images pixel by pixel."""
    return images.contiguous(memory_format=torch.channels_last)


IMAGES: Mapping[Layout, Callable[[Images], Images]] = {"contiguous": contiguous, "channels-last": channels_last}


class Classifier(nn.Module, ABC):
    """A network from images in [0, 1] to class scores, with how those scores are trained and read.

    Subclasses give `forward`; the other methods serve any network whose scores are logits. Whatever scaling
    or normalisation a network wants of its input happens inside it. `reading` says in words what `probabilities`
    does, `presence_reading` what `presence` does; `layout` how its images lie in memory.
    """

    reading: ClassVar[str] = "softmax of logits"
    presence_reading: ClassVar[str] = "sigmoid of logits"
    layout: Layout = "contiguous"

    @abstractmethod
    def forward(self, images: Images) -> Scores:
        """Return the scores of images in [0, 1]; `images` is not written to."""

    @final
    def arrange(self, images: Images) -> Images:
        """Return images as this network wants them to lie in memory; it is always shown such."""
        return IMAGES[self.layout](images)

    def loss(self, images: Images, targets: Targets) -> Loss:
        """Return the mean training loss of images.

        Of labels it is the cross-entropy, of sets of classes the sigmoid cross-entropy, summed over classes.
        """
        scores = self(images)
        if targets.ndim == 1:
            return F.cross_entropy(scores, targets)
        return F.binary_cross_entropy_with_logits(scores, targets, reduction="sum") / len(targets)

    def probabilities(self, scores: Scores) -> Scores:
        """Return class probabilities, each row summing to 1: softmax."""
        return scores.softmax(dim=1)

    def presence(self, scores: Scores) -> Scores:
        """Return the probability that each class is there, of which several may be: sigmoid."""
        return scores.sigmoid()

    def auxiliary(self) -> tuple[nn.Module, ...]:
        """Return the modules that only training uses, such as a decoder; they are counted apart."""
        return ()

    def paces(self) -> tuple[tuple[nn.Module, float], ...]:
        """Return the modules that learn at a share of the learning rate, each with that share."""
        return ()


def parameter_groups(classifier: Classifier, learning_rate: float) -> list[dict[str, Any]]:
    """Return the optimiser's groups of parameters: all others, then one for each module with a pace of its own."""
    paced = [(list(module.parameters()), pace) for module, pace in classifier.paces()]
    apart = {id(parameter) for parameters, _ in paced for parameter in parameters}
    others = [parameter for parameter in classifier.parameters() if id(parameter) not in apart]
    return [{"params": others, "lr": learning_rate}] + [
        {"params": parameters, "lr": pace * learning_rate} for parameters, pace in paced
    ]


def as_sets(targets: Targets, num_classes: int) -> Sets:
    """Return targets as sets of classes, whichever they are."""
    return F.one_hot(targets, num_classes) if targets.ndim == 1 else targets


@final
class LogitsClassifier(Classifier):
    """The Classifier made of any network that returns logits, of `classes` classes where their number is known."""

    def __init__(self, network: nn.Module, classes: int | None = None) -> None:
        super().__init__()
        self.network = network
        self.classes = classes

    def forward(self, images: Images) -> Scores:
        """Return the network's logits, whatever else it returns; raise ModelFaultError where there are none."""
        read = first_head_of if self.training else scores_of
        return read(self.network(images), len(images), self.classes)


def as_classifier(network: object, classes: int | None = None) -> Classifier:
    """Return `network` itself where it is a Classifier, else the network wrapped into one, with so many classes.

    Raises TypeError for anything but an `nn.Module`.
    """
    if not isinstance(network, nn.Module):
        raise TypeError(f"a model is an nn.Module, not {type(network).__name__}: see its builder")
    return network if isinstance(network, Classifier) else LogitsClassifier(network, classes)


@torch.no_grad()
def materialise(classifier: Classifier, channels: int, size: tuple[int, int]) -> None:
    """Give lazy parts of a network their weights, by showing it two blank images of a size (height, width)."""
    if any(isinstance(tensor, nn.UninitializedParameter) for tensor in classifier.parameters()):
        classifier.eval()(torch.zeros(2, channels, *size))
        classifier.train()


def has_to_learn(classifier: Classifier) -> bool:
    """Return whether a model has parameters that training may change; one without is measured as it is."""
    return any(parameter.requires_grad for parameter in classifier.parameters())


def count_parameters(*modules: nn.Module) -> int:
    """Count the trainable parameters of modules."""
    return sum(p.numel() for module in modules for p in module.parameters() if p.requires_grad)
