"""Terms: working days, deadlines and reminders."""
