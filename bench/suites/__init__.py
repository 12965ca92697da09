"""The suites: each is a named question, and each is data.

A suite moves every test image along one axis, or tests on one set of changed images. Adding a suite is adding an
entry to one of the tables; nothing else in the bench names one.
"""

from collections.abc import Mapping
from types import MappingProxyType

from runbench.suites.controls import CONTROLS
from runbench.suites.geometry import GEOMETRY
from runbench.suites.overlap import PAIRS
from runbench.suites.parts import PARTS
from runbench.suites.stn_paper import STN_PAPER
from runbench.suites.suite import DIGIT_EXTENT, DIGIT_SIDE, Kind, Suite

__all__ = ["DIGIT_EXTENT", "DIGIT_SIDE", "SUITES", "Kind", "Suite", "groups"]

SUITES: dict[str, Suite] = {suite.name: suite for suite in (*GEOMETRY, *PARTS, *PAIRS, *STN_PAPER, *CONTROLS)}


def groups(suites: Mapping[str, Suite] = MappingProxyType(SUITES)) -> dict[str, tuple[Suite, ...]]:
    """Return the suites by the name of their group, and all of them as "all"."""
    named: dict[str, tuple[Suite, ...]] = {"all": tuple(suites.values())}
    for suite in suites.values():
        if suite.group is not None:
            named[suite.group] = (*named.get(suite.group, ()), suite)
    return named
