"""Notices and the settings of channels."""
