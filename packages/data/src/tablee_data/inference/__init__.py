"""Type inference: what the texts of a column are (numbers, dates, categories), and their conversion."""
