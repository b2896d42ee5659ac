"""Data sets: names, immutable versions, and what is recorded of each version."""
