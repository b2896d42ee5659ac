"""Type inference: whether the texts of a column are numbers, dates or texts, and their conversion.

types          the types of all columns of a file, and how their texts are written
decisions      what is decided about columns, and what is worth saying about them
numbers        number formats
dates          date formats
texts          blanks around texts, and texts for missing values among them
habits         what is taken of a column that can be read in several ways
odd_cells      the few cells that are unlike all others
booleans       pairs that mean yes and no
unfit          errors about cells that do not fit their column
known_formats  formats that a data set or a model has already
conversion     texts converted to cells

What a text in a known format means is decided in `tablee.tables.cells`.
"""
