"""Two stored runs set side by side, with the statistics of one, where the test images are the same. No torch."""

from bench.compare.compared import Compared, compare_runs
from bench.compare.terminal import render_comparison
from bench.compare.writing import write_comparison

__all__ = ["Compared", "compare_runs", "render_comparison", "write_comparison"]
