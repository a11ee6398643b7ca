"""Pages of taking over running projects (补录)."""
