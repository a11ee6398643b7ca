"""Terms: the calendar, and open work by its due."""
