"""Images drawn, and what models make of them."""
