"""Roll-outs: the registry says which version should serve, the reconciler makes it so."""
