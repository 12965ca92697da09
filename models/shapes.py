"""The shapes of what networks and their layers take and return."""

from jaxtyping import Float, Integer, Num
from torch import Tensor

Images = Float[Tensor, "batch channels height width"]
"""Images in [0, 1], or feature maps."""

Views = Float[Tensor, "batch channels rows columns"]
"""Images, or feature maps, of another size."""

Scores = Float[Tensor, "batch classes"]

Sets = Num[Tensor, "batch classes"]
"""1 for the classes that are there, else 0."""

Targets = Integer[Tensor, "batch"] | Sets
"""Labels, or sets of classes."""

Loss = Float[Tensor, ""]

PerImage = Float[Tensor, "batch"]

Theta = Float[Tensor, "batch three 3"]
"""Two rows of an affine matrix, or three of a projective one, on normalised coordinates."""

Affine = Float[Tensor, "batch 2 3"]

Grid = Float[Tensor, "batch rows columns 2"]
"""Where samples are taken, (x, y) in normalised coordinates."""

Offsets = Float[Tensor, "batch parameters"]
"""How far the parameters of a transformation lie from the identity."""

Moves = Float[Tensor, "batch points 2"]

Vectors = Float[Tensor, "*some dimensions"]

Inputs = Float[Tensor, "batch inputs depth"]
"""Capsules that are routed to those of classes."""

Capsules = Float[Tensor, "batch classes dimensions"]

Votes = Float[Tensor, "batch classes inputs dimensions"]

Coupling = Float[Tensor, "batch classes inputs"]

Drawings = Float[Tensor, "batch classes channels height width"]
"""An image of each class capsule."""

Turns = Float[Tensor, "batch channels 4 height width"]
"""Feature maps with one response for each quarter turn of the filter."""

TurnedViews = Float[Tensor, "batch outputs 4 rows columns"]
