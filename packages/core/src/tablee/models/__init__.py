"""Models: their contract, their files, the registry that keeps them, and which one serves."""
