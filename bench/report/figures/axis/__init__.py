"""Figures along a suite's axis."""
