"""How texts are read: as cleaned texts, as numbers, as dates. One row and many rows use the same functions."""
