"""Sample images and what models make of them."""
