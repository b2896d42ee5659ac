"""JSON files: rows that are objects, one a line or anywhere in one document."""
