"""The port to what runs processes, with two adapters: Kubernetes, and this machine."""
