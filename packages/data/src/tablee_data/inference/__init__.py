"""Type inference: whether the texts of a column are numbers, dates or texts, and their conversion.

types          the types of all columns of a file
numbers        number formats
dates          date formats
booleans       pairs that mean yes and no
leading_zeros  codes such as 007 among numbers
conversion     texts converted to cells

The lists of missing markers are in `tablee.tables.missing_markers`, names of months in `tablee.recipes.parsing.dates`.
"""
