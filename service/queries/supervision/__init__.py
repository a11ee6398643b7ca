"""Supervision: the board, year-end reports, drafts of orders and circulars."""
