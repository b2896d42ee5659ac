"""The port to what trains models, and its one adapter: H2O AutoML over REST."""
