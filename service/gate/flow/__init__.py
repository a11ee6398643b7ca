"""Rules about the flow: elements, events, structure, soundness."""
