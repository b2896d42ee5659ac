"""Recipes: proposed from the values of a table, and previewed on its first rows."""
