"""Type inference: whether the texts of a column are numbers, dates or texts, and their conversion.

`types` decides about all columns of a file. What a text in a known format means is decided in `tablee.tables.cells`.
"""
