"""Classifiers: image -> class scores, and how each is trained. Knows torch, nothing of the bench."""
