"""From text to nodes: the grammar, its tokens, and the node that each rule becomes."""
