"""Whole networks, and the functions that build them."""
