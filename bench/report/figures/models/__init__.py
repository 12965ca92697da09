"""Figures that set models against one another."""
