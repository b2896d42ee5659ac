"""Every way into a model, for tests: the same row, written for each way, and the block that the way makes of it."""
