"""Items and what is attached to them."""
