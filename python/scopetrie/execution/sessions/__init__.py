"""Sessions: what a program calls, its fetches and feeds, and the default session of a thread."""
