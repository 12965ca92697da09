"""Metrics drawn: along an axis, by model, by pair of models."""
