"""One worker of a scoring: many files of one place predicted by one version of a model, each exactly once."""
