"""Stores as files: safetensors, NumPy's .npz and TensorFlow's checkpoints, saved and restored."""
