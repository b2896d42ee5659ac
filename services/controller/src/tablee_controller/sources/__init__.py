"""Sources carried out: when, from where, into which data set."""
