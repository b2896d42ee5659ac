"""Rows checked against a contract: cell by cell, or whole columns at once."""
