"""Statistics of columns, gathered batch by batch: memory does not grow with the number of rows.

accumulators        what is gathered of one column: distinct values, range, moments, lengths of texts
summaries           the columns of a version, gathered while its rows are written; part of its manifest
profile_statistics  what a profile needs besides, gathered from the rows of a version
"""
