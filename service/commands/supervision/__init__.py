"""Supervision: counting, urging, orders and circulars."""
