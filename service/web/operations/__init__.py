"""Pages of the clock and of rehearsal."""
