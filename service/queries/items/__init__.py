"""Items: boxes, one item, what was answered."""
