"""Metrics of features drawn: by layer, by level, by dimension."""
