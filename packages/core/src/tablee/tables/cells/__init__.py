"""Cells of tables: how their texts are written, and what they mean.

cell_format        how the texts of one column are written; part of a data set's manifest and of a model's contract
decoding           texts as cells of a column: the only place that turns one into the other
numbers            texts as numbers, in a number format
dates              texts as dates in ISO 8601, in a date format
months             names of months
typed_values       values of typed formats as cells of a column
missing_markers    texts that stand for a missing value
exact_numbers      which numbers float64 holds exactly
"""
