"""CSV files of any dialect: their rows, and what is looked for in their bytes."""
