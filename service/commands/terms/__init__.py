"""Terms: calendars, reminders, and applications for more time."""
