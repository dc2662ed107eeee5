"""Checkpoints of sessions' variables: Saver, and what looks into checkpoints."""
