"""The board, year-end reports, orders and circulars."""
