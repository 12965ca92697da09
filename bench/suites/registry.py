"""Where suites are registered and looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runbench.errors import RegistrationError
from runbench.registration import Registry
from runbench.suites.controls import CONTROLS
from runbench.suites.geometry import GEOMETRY
from runbench.suites.overlap import PAIRS
from runbench.suites.parts import PARTS
from runbench.suites.stn_paper import STN_PAPER
from runbench.suites.suite import Suite

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

ALL = "all"
"""The name that stands for every suite."""

SUITES = Registry("suite", ((suite.name, suite) for suite in (*GEOMETRY, *PARTS, *PAIRS, *STN_PAPER, *CONTROLS)))


def register_suite(suite: Suite) -> Suite:
    """Add a suite and return it; raise RegistrationError where its names or levels cannot be used."""
    problem = _problem(suite)
    if problem:
        raise RegistrationError(f"the suite {suite.name[:80]!r} is refused: {problem}")
    SUITES.add(suite.name, suite)
    return suite


def _problem(suite: Suite) -> str:
    """Say why a suite cannot be registered; empty where it can."""
    low, high = suite.domain
    if not all(NAME.fullmatch(name) for name in (suite.name, suite.group or suite.name)):
        return "name it and its group by at most 64 small letters, digits, '.', '_', '-', a letter or digit first"
    if suite.name in SUITES or suite.name in groups():
        return "a suite or a group of that name is registered already; choose another name"
    if suite.group in SUITES or suite.group in (ALL, suite.name):
        return f"its group cannot be called {suite.group!r}, which stands for other suites"
    if not all(low <= level <= high for level in suite.levels):
        return f"its levels must lie within its domain, {low:g} to {high:g}"
    if list(suite.levels) != sorted({*suite.levels, suite.identity} if suite.axis else set(suite.levels[:1])):
        return "its levels must rise and contain the identity; a set without an axis has one level"
    return ""


def groups(suites: Mapping[str, Suite] = SUITES) -> dict[str, tuple[Suite, ...]]:
    """Return the suites by the name of their group, and all of them as "all"."""
    named: dict[str, tuple[Suite, ...]] = {ALL: tuple(suites.values())}
    for suite in suites.values():
        if suite.group is not None:
            named[suite.group] = (*named.get(suite.group, ()), suite)
    return named
