"""The shapes of what transforms take and return; `#batch` stands for one that serves all images too."""

from jaxtyping import Float, Integer, Num
from torch import Tensor

Objects = Float[Tensor, "batch objects height width"]
"""Images of which some transforms make one of fewer channels."""

Images = Float[Tensor, "batch channels height width"]

Maps = Float[Tensor, "#batch channels height width"]
"""Feature maps of each image, or of one for all."""

Pixels = Num[Tensor, "batch channels height width"]
"""Images, as numbers of any type."""

Levels = Float[Tensor, "#batch"]

Parameters = Float[Tensor, "batch parameters"]

Poses = Float[Tensor, "batch numbers"]

Attained = Float[Tensor, "batch"]

Matrices = Float[Tensor, "#batch 3 3"]

Places = Float[Tensor, "#batch units 2"]
"""Places of units, x then y, in pixels or in units."""

Corners = Integer[Tensor, "batch 2"]
"""Rows, then columns."""
