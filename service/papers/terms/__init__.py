"""Calendars: files of official years, and a feed of dues."""
