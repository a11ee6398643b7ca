"""Notices, channels, and what was sent."""
