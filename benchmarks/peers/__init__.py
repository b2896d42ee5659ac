"""Other model servers, each in its own environment, with the same trees: `python -m benchmarks.peers`."""
