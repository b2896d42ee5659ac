"""The tablee command: the local stack, and the client of a running platform."""
