"""What spatial transformers see."""
