"""Other servers of models, each in an environment of its own, with the same trees: `python -m benchmarks.peers`."""
