"""The engine port, behind which models are trained, and its one adapter: H2O AutoML over REST."""
