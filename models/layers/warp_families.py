"""Families of transformations: from what a localisation network says to theta or to a sampling grid.

Offsets count from the identity, which is all zeros in every family. Coordinates are those of
`runbench.models.layers.spatial_transformer`: normalised, x then y, -1 and 1 the outer edges (align_corners=False).
"""

from typing import cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.crop_guard import Guard, bounded
from runbench.models.shapes import Affine, Grid, Moves, Offsets, Theta

CONTROLS = 4
"""Thin-plate splines have this many control points along each axis (Jaderberg et al. 2015, section 4.1)."""

LEAN = 0.4
"""Bound of the projective row's two entries: depth over the output, 1 + g x + h y, stays above 0.2."""


def translation(offsets: Offsets, guard: Guard, aspect: float) -> Affine:  # noqa: ARG001 - families share a signature
    """Return theta of offsets (x, y)."""
    return guard.affine(_identity(offsets) + F.pad(offsets.unsqueeze(2), (2, 0)))


def similarity(offsets: Offsets, guard: Guard, aspect: float) -> Affine:
    """Return theta of offsets (p, q, x, y): zoom times rotation is ((1 + p, -q), (q, 1 + p)).

    `aspect` is width / height: what is a rotation in pixels is none in normalised coordinates of unlike units.
    """
    p, q, x, y = offsets.unbind(dim=1)
    square = guard.affine(_identity(offsets) + torch.stack([p, -q, x, q, p, y], dim=1).reshape(-1, 2, 3))
    a, b, x, c, d, y = square.flatten(1).unbind(dim=1)
    return torch.stack([a, b / aspect, x, c * aspect, d, y], dim=1).reshape(-1, 2, 3)


def affine(offsets: Offsets, guard: Guard, aspect: float) -> Affine:  # noqa: ARG001 - families share a signature
    """Return theta of six offsets, row by row (section 3.2, equation 1)."""
    return guard.affine(_identity(offsets) + offsets.reshape(-1, 2, 3))


def projective(offsets: Offsets, guard: Guard, aspect: float) -> Theta:  # noqa: ARG001 - families share a signature
    """Return theta of eight offsets: six of an affine matrix, then two that foreshorten before it.

    Points are divided by 1 + g x + h y and then moved by the affine matrix, so the determinant is that of the
    affine, and no depth on the output is near 0: g and h are bounded by LEAN.
    """
    matrix = guard.affine(_identity(offsets) + offsets[:, :6].reshape(-1, 2, 3))
    lean = F.pad(bounded(offsets[:, 6:].float(), LEAN), (0, 1)).unsqueeze(1)
    depth = lean + F.pad(torch.ones_like(lean[:, :, 2:]), (2, 0))
    return torch.cat([matrix + matrix[:, :, 2:] * lean, depth], dim=1)


@final
class ThinPlateGrid(nn.Module):
    """The step from the moves of 4x4 control points to the sampling grid of a thin-plate spline.

    The points lie on a regular lattice over the output, edges included, row by row; offsets say where in the input
    each is taken from, (x, y) after (x, y). The spline through them is linear in the moves, so the system is
    solved once for all images (Bookstein 1989, IEEE TPAMI 11(6)). `output_size` is (H, W). Computed in float32.
    """

    def __init__(self, output_size: tuple[int, int]) -> None:
        super().__init__()
        height, width = output_size
        lattice = regular_lattice(pixel_centres(height).double(), pixel_centres(width).double())
        axis = torch.linspace(-1, 1, CONTROLS, dtype=torch.float64)
        controls = regular_lattice(axis, axis)[..., :2].flatten(0, 1)
        # Bent in pixels, not in normalised coordinates, whose units differ where the output is no square.
        scale = torch.tensor([width / 2, height / 2], dtype=torch.float64)
        weights = spline_weights(controls * scale, lattice[..., :2].flatten(0, 1) * scale)
        level = torch.cat([controls, torch.ones_like(controls[:, :1])], dim=1)
        self.register_buffer("weights", weights.reshape(height, width, -1).float(), persistent=False)
        self.register_buffer("lattice", lattice[..., :2].float(), persistent=False)
        self.register_buffer("level", level.float(), persistent=False)
        self.register_buffer("fit", torch.linalg.solve(level.mT @ level, level.mT).float(), persistent=False)

    def forward(self, offsets: Offsets, guard: Guard) -> Grid:
        """Return the sampling grid."""
        with torch.autocast(offsets.device.type, enabled=False):
            moves = self.guarded(offsets.float().reshape(-1, CONTROLS**2, 2), guard)
            shifts = torch.einsum("hwn,bnc->bhwc", cast("Tensor", self.weights), moves)
            return cast("Tensor", self.lattice) + shifts

    def guarded(self, moves: Moves, guard: Guard) -> Moves:
        """Return the moves with their affine part, by least squares, and the rest both guarded."""
        level, identity = cast("Tensor", self.level), _identity(moves)
        linear = (cast("Tensor", self.fit) @ moves).mT
        bending = moves - level @ linear.mT
        kept = guard.affine(identity + linear) - identity
        return level @ kept.mT + guard.bending(bending)


def spline_weights(
    controls: Float[Tensor, "controls 2"], points: Float[Tensor, "points 2"]
) -> Float[Tensor, "points controls"]:
    """Return the weight of the value at each control point in that at each point.

    The interpolant has the kernel r^2 log r and an affine part, to which the kernel's coefficients are orthogonal
    (Bookstein 1989).
    """
    count = len(controls)
    system = torch.zeros(count + 3, count + 3, dtype=controls.dtype, device=controls.device)
    system[:count] = _basis(controls, controls)
    system[count:, :count] = system[:count, count:].mT
    values = torch.eye(count + 3, count, dtype=controls.dtype, device=controls.device)
    coefficients: Tensor = torch.linalg.solve(system, values)
    return _basis(points, controls) @ coefficients


def regular_lattice(
    rows: Float[Tensor, " rows"], columns: Float[Tensor, " columns"]
) -> Float[Tensor, "rows columns 3"]:
    """Return homogeneous coordinates, (x, y, 1), of the lattice at `rows` and `columns`."""
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], dim=-1)


def pixel_centres(count: int) -> Float[Tensor, " {count}"]:
    """Return the normalised coordinates of the centres of pixels along one axis."""
    return (2 * torch.arange(count) + 1) / count - 1


def _basis(
    points: Float[Tensor, "points 2"], controls: Float[Tensor, "controls 2"]
) -> Float[Tensor, "points controls+3"]:
    """Return r^2 log r to each control point, then 1, x and y."""
    squares = (points[:, None] - controls).square().sum(dim=2)
    kernel = torch.special.xlogy(squares, squares) / 2
    return torch.cat([kernel, torch.ones_like(points[:, :1]), points], dim=1)


def _identity(like: Tensor) -> Float[Tensor, "2 3"]:
    return torch.eye(2, 3, device=like.device)
