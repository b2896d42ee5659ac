"""One worker of a scoring: it predicts many files with one version of a model, each file exactly once."""
