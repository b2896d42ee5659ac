"""What is decided about columns, by what is given and by what their cells can be.

given           what is known of columns before their cells are looked at
candidates      what one column can be, by the rows so far
number_formats  the formats of columns of numbers
date_formats    the formats of columns of dates
text_formats    the formats of columns of texts
unusual         why numbers and dates are none in any single format
remarks         what is worth saying about a column
"""
