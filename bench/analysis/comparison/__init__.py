"""Two stored runs side by side, with the statistics of one, where the test images are the same. No torch."""
