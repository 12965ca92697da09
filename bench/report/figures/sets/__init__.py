"""Figures of a suite without an axis, which has one level."""
