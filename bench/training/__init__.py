"""Train one model, and keep its weights."""
