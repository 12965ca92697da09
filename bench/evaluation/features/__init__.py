"""Metrics of features, read off each batch as it passes."""
