"""Bodies to tables of cells, and predictions to bodies, in every format that the API reads and writes."""
