"""Workbooks: .xlsx, .xls, .xlsb and .ods, read in a process of its own."""
