"""Roll-outs: the reconciler makes the API serve the champions of the registry."""
