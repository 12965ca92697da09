"""What a run is, what of it is missing, and how that is run."""
