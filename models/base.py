"""The one interface that the bench asks of a model."""

from abc import ABC, abstractmethod
from typing import ClassVar, final

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Classifier(nn.Module, ABC):
    """Map images in [0, 1] to class scores, and say how those scores are trained and read.

    Subclasses give `forward`; the other methods serve any network whose scores are logits. Whatever scaling
    or normalisation a network wants of its input happens inside it. `reading` says in words what `probabilities`
    does.
    """

    reading: ClassVar[str] = "softmax of logits"

    @abstractmethod
    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K) of images (B, C, H, W) in [0, 1]; `images` is not written to."""

    def loss(self, images: Tensor, targets: Tensor) -> Tensor:
        """Return the mean training loss of images (B, C, H, W) with integer labels (B,): cross-entropy."""
        return F.cross_entropy(self(images), targets)

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return class probabilities (B, K), each row summing to 1, of scores (B, K): softmax."""
        return scores.softmax(dim=1)

    def auxiliary(self) -> tuple[nn.Module, ...]:
        """Return the modules that only training uses, such as a decoder; they are counted apart."""
        return ()


@final
class LogitsClassifier(Classifier):
    """Make a Classifier of any network that returns logits (B, K)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return the network's logits (B, K)."""
        logits: Tensor = self.network(images)
        return logits


def as_classifier(network: object) -> Classifier:
    """Return `network` itself where it is a Classifier, else the network wrapped into one.

    Raises TypeError for anything but an `nn.Module`.
    """
    if not isinstance(network, nn.Module):
        raise TypeError(f"a model is an nn.Module, not {type(network).__name__}: see its builder")
    return network if isinstance(network, Classifier) else LogitsClassifier(network)


def count_parameters(*modules: nn.Module) -> int:
    """Count the trainable parameters of modules."""
    return sum(p.numel() for module in modules for p in module.parameters() if p.requires_grad)
