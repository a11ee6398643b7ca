"""Word: templates filled with what a case knows."""
