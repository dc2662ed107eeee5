"""Plans: a fetch compiled once, from the nodes of a graph to a flat list of steps, and run many times."""
