"""Runs of sources: when they are due, how each went, and the state that it leaves."""
