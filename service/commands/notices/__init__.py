"""Notices: channels, deliveries, digests."""
