"""What features, gradients and poses say: pure functions of tensors, and the table of what they are called."""
