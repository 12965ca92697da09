"""Metrics of predictions. No torch."""
