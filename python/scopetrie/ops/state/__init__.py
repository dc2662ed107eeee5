"""Variables' own ops: the nodes that read and change them."""
