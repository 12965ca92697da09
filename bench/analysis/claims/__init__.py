"""What is said of these networks, and what a run's stored numbers say to it. No torch."""
