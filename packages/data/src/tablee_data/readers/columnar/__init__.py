"""Files of Arrow's types: Parquet, and Arrow IPC (Feather)."""
