"""The shapes of images, of where they lie and of what is to be found in them."""

import numpy as np
from jaxtyping import Float, Integer, Num, UInt8
from torch import Tensor

Images = UInt8[Tensor, "images channels height width"]
"""A split's images, as they are stored."""

Labels = Integer[Tensor, "images"]

Members = Integer[Tensor, "images objects"]
"""Which samples of a split make each image."""

Places = Integer[Tensor, "images objects 2"]
"""Where the corners of an image's objects lie on its canvas: rows, then columns."""

Corners = Integer[Tensor, "images 2"]

Pixels = Num[Tensor, "images channels height width"]
Canvases = Num[Tensor, "images channels side side"]

Positions = Integer[Tensor, "batch"]
"""Which images of a split, or of test images, are meant."""

Laid = UInt8[Tensor, "batch channels side side"]
"""Objects of images, each on a canvas of its own, one behind the other."""

Objects = Float[Tensor, "batch channels side side"]
"""The same in [0, 1]."""

Found = Integer[Tensor, "batch objects"]
"""The labels of an image's objects."""

Parameters = Float[Tensor, "images parameters"]
"""What is random about each image's change: unit numbers, made once."""

Samples = Integer[np.ndarray, "samples"]
"""Which test images are shown."""

EachLabel = Integer[np.ndarray, "images"]
