"""The components of the stack: how each is started, and how its readiness is checked."""
