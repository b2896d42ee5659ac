"""One training: a data set and a request in, a registered and judged model version out."""
