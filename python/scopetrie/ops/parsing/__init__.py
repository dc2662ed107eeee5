"""Ops that read records."""
