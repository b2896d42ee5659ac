"""Runtimes, which run the API and the jobs: the protocol, and the adapters for Kubernetes and for one machine."""
