"""Each alias takes the arrays that it describes, and refuses those of another shape or type."""

from typing import Any

import numpy as np
import pytest
import torch

from runbench.data import shapes

WHOLE, REAL = torch.zeros(2, 2, dtype=torch.int64), torch.zeros(2, 2)
GREY = torch.zeros(2, 1, 4, 4, dtype=torch.uint8)
OBLONG = torch.zeros(2, 1, 4, 5, dtype=torch.uint8)
NUMBERED = np.zeros(2, dtype=np.int64)

FITTING: dict[str, tuple[Any, list[Any]]] = {
    "Images": (OBLONG, [OBLONG.float(), OBLONG[0]]),
    "Labels": (WHOLE[0], [WHOLE, REAL[0]]),
    "Members": (WHOLE, [WHOLE[0], REAL]),
    "Places": (torch.zeros(2, 3, 2, dtype=torch.int64), [torch.zeros(2, 3, 3, dtype=torch.int64), WHOLE]),
    "Corners": (WHOLE, [WHOLE[:, :1], REAL]),
    "Pixels": (OBLONG, [OBLONG > 0, OBLONG[0]]),
    "Canvases": (GREY, [OBLONG, GREY > 0]),
    "Positions": (WHOLE[0], [WHOLE, REAL[0]]),
    "Laid": (GREY, [OBLONG, GREY.float()]),
    "Objects": (GREY.float(), [OBLONG.float(), GREY]),
    "Found": (WHOLE, [WHOLE[0], REAL]),
    "Parameters": (REAL, [WHOLE, REAL[0]]),
    "Samples": (NUMBERED, [NUMBERED.astype(float), NUMBERED[None]]),
    "EachLabel": (NUMBERED, [NUMBERED.astype(float), NUMBERED[None]]),
}


@pytest.mark.parametrize("name", FITTING)
def test_an_alias_takes_what_it_describes_and_nothing_else(name):
    alias, (fitting, others) = getattr(shapes, name), FITTING[name]
    assert isinstance(fitting, alias)
    assert [isinstance(other, alias) for other in others] == [False] * len(others)
