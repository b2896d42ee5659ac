"""Statistics learnt batch by batch, in memory that does not grow with the rows."""
