"""The local stack: which processes it is made of, how they start, how they end."""
