"""Train, transform, measure and report: the suite's harness."""

__version__ = "0.3.0"
