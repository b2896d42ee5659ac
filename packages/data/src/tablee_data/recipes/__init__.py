"""Recipes proposed from the cells of a table, and previewed on its first rows."""
