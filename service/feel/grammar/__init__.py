"""From text to nodes: the grammar, its words, and what each rule becomes."""
