"""What happens inside a model along a suite's axis: one pass over test images, read by one gauge per measure."""

from bench.responses.sweep import measure_responses

__all__ = ["measure_responses"]
