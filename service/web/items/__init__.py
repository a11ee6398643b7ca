"""The inbox and the page of an item."""
