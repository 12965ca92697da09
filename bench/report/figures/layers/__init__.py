"""How a model's layers respond to the change."""
