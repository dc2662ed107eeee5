"""Windows that slide over the spatial dimensions: convolutions, poolings, patches."""
