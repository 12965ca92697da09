"""The CNN with CapsNet's decoder as a regulariser, to tell what the decoder does from what capsules do."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn

from runbench.models.base import Classifier, LogitsClassifier, as_sets
from runbench.models.layers.decoder import Decoder, draw_together
from runbench.models.networks.capsnet import CAPSNET_SHAPES
from runbench.models.networks.capsule_classifier import RECONSTRUCTION_WEIGHT
from runbench.models.networks.cnn import CNN, SHAPES
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Loss, Scores, Sets, Targets

Features = Float[Tensor, "batch units"]


@final
class DecodedCNN(Classifier):
    """A CNN from whose penultimate features a decoder draws the image in training.

    The decoder's input has a slot for each class, as for capsules: those of the true classes hold the features,
    all others zeros (Sabour et al. 2017, section 4.1). So at test the network is the CNN and nothing else.
    """

    def __init__(self, cnn: CNN, decoder: Decoder, num_classes: int) -> None:
        super().__init__()
        self.cnn = cnn
        self.decoder = decoder
        self.num_classes = num_classes

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.cnn(images)
        return logits

    def penultimate(self, images: Images) -> Features:
        """Return the features of which the logits are linear."""
        features: Tensor = self.cnn.head[:-1](self.cnn.features(images))
        return features

    def reconstruct(self, features: Features, present: Sets) -> Images:
        """Draw images from features in the slots of the classes `present`."""
        slots = features.unsqueeze(1).expand(-1, self.num_classes, -1)
        return draw_together(self.decoder, slots, present)

    def loss(self, images: Images, targets: Targets) -> Loss:
        """Return the logits' loss plus 0.0005 times the reconstruction's squared error.

        The squared error is summed over pixels, its mean taken
        over the batch, as CapsNet's is.
        """
        features = self.penultimate(images)
        present = as_sets(targets, self.num_classes).to(features.dtype)
        error = (self.reconstruct(features, present) - images).square().flatten(1).sum(dim=1).mean()
        classification = LogitsClassifier(self.cnn.head[-1]).loss(features, targets)
        return classification + RECONSTRUCTION_WEIGHT * error

    def auxiliary(self) -> tuple[nn.Module, ...]:
        """Return the decoder."""
        return (self.decoder,)


def build_decoded_cnn(
    in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset
) -> DecodedCNN:
    """Build the pooling CNN of `build_cnn` with a decoder of the hidden units of CapsNet's."""
    shape = SHAPES[preset]
    height, width = shape.feature_size(image_size)
    penultimate = (shape.channels[-1] * height * width, *shape.hidden)[-1]
    cnn = CNN(in_channels, num_classes, image_size, shape)
    decoder = Decoder(num_classes * penultimate, CAPSNET_SHAPES[preset].decoder, (in_channels, *image_size))
    return DecodedCNN(cnn, decoder, num_classes)
