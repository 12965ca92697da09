"""Stored tables in, a report out. No torch."""

from bench.report.writing import write_report

__all__ = ["write_report"]
