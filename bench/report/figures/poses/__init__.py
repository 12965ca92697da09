"""What becomes of the pose."""
