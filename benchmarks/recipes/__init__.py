"""The value of recipes: hold-out quality with and without one, on tables that Python packages contain."""
