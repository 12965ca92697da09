"""The parts of a capsule network (Sabour et al. 2017, arXiv 1710.09829)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.shapes import Capsules, Coupling, Images, Inputs, Loss, Scores, Sets, Targets, Vectors, Votes

Gradient = Literal["all", "last"]

Coefficients = Float[Tensor, "outputs inputs"]


def squash(vectors: Vectors) -> Vectors:
    """Shorten vectors to a length below 1 without turning them (equation 1).

    |s|^2 / (1 + |s|^2) * s / |s|, written without the division by |s|: zero, with gradient zero, at zero.
    """
    length: Tensor = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return vectors * (length / (1 + length.square()))


def lengths(capsules: Vectors) -> Float[Tensor, "*some"]:
    """Return the lengths of capsules, the probabilities that their entities are present."""
    presence: Tensor = torch.linalg.vector_norm(capsules, dim=-1)
    return presence


def margin_loss(
    lengths: Scores, targets: Sets, present: float = 0.9, absent: float = 0.1, weight: float = 0.5
) -> Loss:
    """Return the margin loss of capsule lengths, the sum over classes, the mean over the batch (equation 4).

    `weight` is lambda.
    """
    missing = targets * F.relu(present - lengths).square()
    surplus = (1 - targets) * F.relu(lengths - absent).square()
    return (missing + weight * surplus).sum(dim=1).mean()


def length_cross_entropy(lengths: Scores, targets: Targets, least: float = 1e-6) -> Loss:
    """Return the cross-entropy of what is read from capsule lengths, the mean over the batch.

    With labels the probability of a class is its length's share of their sum; with sets of classes a length is
    the probability that its class is there, and the cross-entropy is summed over classes. What is trained is so
    what is read, with no temperature to choose. Lengths count as at least `least`, with sets also as at most
    1 - `least`.
    """
    lengths = lengths.float()
    if targets.ndim == 1:
        return F.nll_loss(F.normalize(lengths.clamp_min(least), p=1.0, dim=1).log(), targets)
    # A squashed length is the sigmoid of log |s|^2, so its logit is well behaved.
    logits = torch.logit(lengths, eps=least)
    return F.binary_cross_entropy_with_logits(logits, targets.to(logits.dtype), reduction="sum") / len(targets)


@final
class PrimaryCapsules(nn.Module):
    """Capsules made of a feature map by one convolution and squash (section 4).

    Inputs count types x rows x columns, columns fastest.
    """

    def __init__(self, in_channels: int, types: int, dimensions: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.types = types
        self.convolution = nn.Conv2d(in_channels, types * dimensions, kernel, stride)

    def forward(self, features: Images) -> Inputs:
        """Return the capsules of features."""
        maps = self.convolution(features).unflatten(1, (self.types, -1))
        return squash(maps.movedim(2, -1).flatten(1, 3))


class Routing(nn.Module, ABC):
    """A way from capsules to output capsules: each is transformed into votes, which are then combined.

    Every pair of input and output capsules has its own transform, unless `sharing` successive inputs have one
    together: with as many as there are positions, a transform belongs to a type of capsule and serves everywhere
    (Gu & Tresp 2020). Raises ValueError where `sharing` does not divide the number of inputs.
    """

    def __init__(
        self, inputs: int, in_dimensions: int, outputs: int, out_dimensions: int, sharing: int = 1
    ) -> None:
        super().__init__()
        if inputs % sharing:
            raise ValueError(f"{inputs} capsules cannot share transforms by {sharing}")
        self.sharing = sharing
        self.transforms = nn.Parameter(torch.empty(outputs, inputs // sharing, in_dimensions, out_dimensions))
        nn.init.trunc_normal_(self.transforms, std=0.1)

    @abstractmethod
    def route(self, votes: Votes) -> tuple[Capsules, Coupling]:
        """Return the output capsules of votes, and the coupling coefficients.

        The coefficients sum to 1 over the output capsules (equation 3).
        """

    def votes(self, capsules: Inputs) -> Votes:
        """Return the prediction vectors of capsules (equation 2)."""
        transforms = self.transforms.unsqueeze(2).expand(-1, -1, self.sharing, -1, -1).flatten(1, 2)
        votes = torch.einsum("bid,kide->bkie", capsules, transforms)
        # einsum leaves I outermost in memory, where each routing step costs twice as much.
        return votes.contiguous()

    def forward(self, capsules: Inputs) -> Capsules:
        """Return the output capsules of capsules."""
        return self.route(self.votes(capsules))[0]


FLOWS: Mapping[Gradient, Callable[[Tensor], Tensor]] = MappingProxyType(
    {"all": lambda coupling: coupling, "last": lambda coupling: coupling.detach()}
)
"""What the gradient sees of the coupling coefficients: how they came about, or constants."""


@final
class DynamicRouting(Routing):
    """Routing by agreement (procedure 1).

    Logits start at zero in each pass. As in the authors' code, output capsules have a bias. The gradient flows
    through all iterations or, with `gradient` "last", through the votes as the last iteration combines them, its
    coupling coefficients held constant. Raises ValueError for less than one iteration.
    """

    def __init__(
        self,
        inputs: int,
        in_dimensions: int,
        outputs: int,
        out_dimensions: int,
        iterations: int = 3,
        gradient: Gradient = "all",
        sharing: int = 1,
    ) -> None:
        if iterations < 1:
            raise ValueError(f"dynamic routing needs at least one iteration, not {iterations}")
        super().__init__(inputs, in_dimensions, outputs, out_dimensions, sharing)
        self.iterations = iterations
        self.gradient: Gradient = gradient
        self.bias = _output_bias(outputs, out_dimensions)

    def route(self, votes: Votes) -> tuple[Capsules, Coupling]:
        """Return the output capsules of votes, and the last coefficients."""
        coupling = FLOWS[self.gradient](self._agree(votes))
        return _combine(coupling, votes, self.bias), coupling

    def _agree(self, votes: Votes) -> Coupling:
        logits = votes.new_zeros(votes.shape[:-1])
        for _ in range(self.iterations - 1):
            capsules = _combine(logits.softmax(dim=1), votes, self.bias)
            logits = logits + (votes @ capsules.unsqueeze(-1)).squeeze(-1)
        return logits.softmax(dim=1)


@final
class FixedRouting(Routing):
    """Routing with coupling coefficients that no image changes (Paik et al. 2019).

    The coefficients are no parameters but belong to the state_dict. Output capsules have a bias, as with
    DynamicRouting.
    """

    coefficients: Tensor

    def __init__(
        self, coefficients: Coefficients, in_dimensions: int, out_dimensions: int, sharing: int = 1
    ) -> None:
        outputs, inputs = coefficients.shape
        super().__init__(inputs, in_dimensions, outputs, out_dimensions, sharing)
        self.bias = _output_bias(outputs, out_dimensions)
        self.register_buffer("coefficients", coefficients)

    def route(self, votes: Votes) -> tuple[Capsules, Coupling]:
        """Return the output capsules of votes, and the coupling coefficients."""
        coupling = self.coefficients.expand(len(votes), -1, -1)
        return _combine(coupling, votes, self.bias), coupling


def uniform_coupling(outputs: int, inputs: int) -> Coefficients:
    """Return coupling coefficients that share each input equally, as one iteration of dynamic routing does."""
    return torch.full((outputs, inputs), 1 / outputs)


def random_coupling(outputs: int, inputs: int) -> Coefficients:
    """Draw coupling coefficients from torch's generator: the softmax over outputs of standard normal logits."""
    return torch.randn(outputs, inputs).softmax(dim=0)


def _output_bias(outputs: int, dimensions: int) -> nn.Parameter:
    return nn.Parameter(torch.full((outputs, dimensions), 0.1))


def _combine(coupling: Coupling, votes: Votes, bias: Float[Tensor, "classes dimensions"]) -> Capsules:
    return squash((coupling.unsqueeze(2) @ votes).squeeze(2) + bias)
