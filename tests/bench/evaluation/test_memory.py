import sys

import numpy as np
import pytest

from runbench.evaluation.memory import MEBIBYTE, RESIDENT


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux resets the high-water mark")
def test_the_peak_is_that_since_the_reset():
    before = RESIDENT.size()
    np.ones(64 * MEBIBYTE, dtype=np.uint8).sum()
    assert RESIDENT.peak() - before >= 60 * MEBIBYTE
    RESIDENT.reset()
    assert RESIDENT.peak() - RESIDENT.size() < 16 * MEBIBYTE
