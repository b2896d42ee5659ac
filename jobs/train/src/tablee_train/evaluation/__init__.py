"""How good a model is: metrics, curves, column importance, and the promotion gate."""
