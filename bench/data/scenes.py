"""Scenes: a split's objects laid on a suite's canvas, one or several to an image, before any transform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import torch
from torch import Generator

from runbench.data.loading import Split
from runbench.data.placement import PLACEMENTS, place
from runbench.data.shapes import Corners, Found, Labels, Laid, Members, Places, Positions
from runbench.suites import Suite


@final
@dataclass(frozen=True)
class Scenes:
    """Images made of samples of a split: which ones, `members` (n, N), and where they lie, `offsets` (n, N, 2).

    The first member of an image is the sample whose position it has.
    """

    split: Split
    canvas: int
    members: Members
    offsets: Places

    def __len__(self) -> int:
        return len(self.members)

    def first(self, count: int | None) -> Scenes:
        """Return the first `count` scenes, all of them for None."""
        return replace(self, members=self.members[:count], offsets=self.offsets[:count])

    def moved(self, shift: Corners) -> Scenes:
        """Return the scenes, the objects of each moved by shift (n, 2), rows then columns."""
        return replace(self, offsets=self.offsets + shift[:, None])

    def images(self, positions: Positions) -> Laid:
        """Return the objects of the scenes at `positions` (B,), each on a canvas: (B, N * C, H, W), uint8."""
        objects = self.split.images[self.members[positions].flatten()]
        laid = place(objects, self.canvas, self.offsets[positions].flatten(0, 1))
        return laid.reshape(len(positions), -1, self.canvas, self.canvas)

    def labels(self, positions: Positions) -> Found:
        """Return the labels of the objects of the scenes at `positions` (B,): (B, N)."""
        return self.split.labels[self.members[positions]]


def lay_scenes(split: Split, suite: Suite, objects: int, generator: Generator) -> Scenes:
    """Lay every sample of a split on the suite's canvas, with others until there are `objects` in each image.

    The others are of other classes, drawn from the same split.
    """
    count, size = len(split), (split.images.shape[-2], split.images.shape[-1])
    offsets = [PLACEMENTS[suite.placement](count, size, suite.canvas, generator) for _ in range(objects)]
    others = [draw_partners(split.labels, generator) for _ in range(objects - 1)]
    members = torch.stack([torch.arange(count), *others], dim=1)
    return Scenes(split, suite.canvas, members, torch.stack(offsets, dim=1))


def draw_partners(labels: Labels, generator: Generator) -> Labels:
    """Draw for each sample one of another class, uniformly: positions (n,). Labels (n,) are of several classes.

    In the order of classes, the samples of other classes are those before and behind the own class's block.
    """
    order = labels.argsort(stable=True)
    ranked = labels[order]
    begin, end = torch.searchsorted(ranked, labels), torch.searchsorted(ranked, labels, right=True)
    own = end - begin
    drawn = (torch.rand(len(labels), generator=generator, dtype=torch.float64) * (len(labels) - own)).long()
    return order[torch.where(drawn >= begin, drawn + own, drawn)]
