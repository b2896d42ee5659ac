"""Tables in files, for every member that reads or writes one.

csv                comma- and otherwise separated files: records, chunks, parts, strict reading, writing
parquet            Parquet files in parts, and with new columns
table_reader       the protocol of a reader: rows in blocks, mostly as texts
prediction_file    the protocols of a file to be predicted
cells              how the texts of a column are written, and what they mean
column_names       names that columns may have
ordered_map        work on the parts of a file by several threads, in order
"""
