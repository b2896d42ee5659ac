"""Rows checked against a contract: cell by cell (`rows`), or whole columns at once (`frames`)."""
