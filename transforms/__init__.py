"""Image transformations: image -> image. Knows torch and kornia, nothing of the bench."""
