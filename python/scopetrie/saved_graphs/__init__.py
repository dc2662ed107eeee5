"""Graphs from GraphDefs and MetaGraphDefs, and GraphDefs cut down to what computes something."""
