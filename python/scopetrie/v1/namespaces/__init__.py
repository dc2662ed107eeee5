"""v1's modules that only name what is defined elsewhere: each looks its names up in the table of names."""
