"""Terms: calendars, reminders, more time."""
