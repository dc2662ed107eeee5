"""Sessions that train: hooks around each run, checkpoints, and recovery."""
