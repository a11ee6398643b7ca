"""Cases: starting them, sending them messages, steering them as a whole, and what the clock does
with them.
"""
