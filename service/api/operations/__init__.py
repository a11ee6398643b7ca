"""What the clock does, rehearsal, and the description of the interface."""
