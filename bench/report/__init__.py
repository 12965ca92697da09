"""Stored tables in, pages out. No torch."""
