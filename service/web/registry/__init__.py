"""Pages of the demand registry."""
