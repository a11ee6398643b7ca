"""What every page shares: the blueprint, the frame, the menu, words, the bundle."""
