"""What the clock does, long works, figures, proof."""
