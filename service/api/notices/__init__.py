"""Notices and channels."""
