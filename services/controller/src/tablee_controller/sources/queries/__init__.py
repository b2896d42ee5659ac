"""Sources that are a query: the database, the query, and the file of its rows."""
