"""Cases: lists, one case, its record and its children."""
