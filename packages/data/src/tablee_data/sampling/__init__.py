"""Samples of tables too large for memory."""
