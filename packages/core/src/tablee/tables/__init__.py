"""Tables in files: CSV and Parquet, read, cut into parts and extended by columns."""
