"""The demand registry: entered, changed, merged, imported."""
