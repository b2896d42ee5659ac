"""Random samples of tables that are too large for memory."""
