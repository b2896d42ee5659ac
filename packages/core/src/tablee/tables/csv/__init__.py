"""CSV: where its records are, how it is parsed, cut into parts and written.

dialect    separator and quote
records    the positions of records in bytes
chunks     a stream cut into blocks of whole records, with line numbers
parts      a file cut into smaller CSV files under the same header
parsing    the two parsers: Arrow's and Python's
columns    columns that are parsed by their own settings
rewriting  what some programs write, rewritten for every parser
reader     comma-separated UTF-8 files, read strictly
writer     new columns at the right of records, and whole tables
formulas   protection against spreadsheet formulas in written cells
"""
