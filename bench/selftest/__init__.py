"""The ruler measured before the length: networks whose answers are known beforehand, through the real path."""

from runbench.selftest.answers import selftest
from runbench.selftest.wording import HEADING, render_chapter, render_wrong

__all__ = ["HEADING", "render_chapter", "render_wrong", "selftest"]
