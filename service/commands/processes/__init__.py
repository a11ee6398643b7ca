"""Processes and jurisdictions: loaded and deployed."""
