"""What capsules hold."""
