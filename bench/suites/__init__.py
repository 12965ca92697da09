"""The suites: each is a named question, and each is data.

A suite moves every test image along one axis, or tests on one set of changed images. Adding a suite is adding an
entry to one of the tables, or calling `register_suite` from outside; nothing else in the bench names one.
"""

from runbench.suites.registry import SUITES, groups, register_suite
from runbench.suites.suite import DIGIT_EXTENT, DIGIT_SIDE, Suite

__all__ = ["DIGIT_EXTENT", "DIGIT_SIDE", "SUITES", "Suite", "groups", "register_suite"]
