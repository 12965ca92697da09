"""The ruler measured before the length: networks whose answers are known beforehand, through the real path."""

from bench.selftest.answers import selftest
from bench.selftest.wording import HEADING, render_chapter, render_wrong

__all__ = ["HEADING", "render_chapter", "render_wrong", "selftest"]
