"""A process of its own that reads a workbook, and prints its cells as JSON lines.

A workbook is a program's memory more than a file: two cells at far corners of a sheet, or a broken length, can ask for
hundreds of gigabytes. Here that ends this process and not the service. It imports nothing of ours but this folder, so
that it starts quickly; `readers.workbooks.process_output` calls it with a path and a command, and reads the lines.

A cell is null, a number, a text, true or false; or a list of a letter and a text: `d` a date, `t` a date with a time,
`h` a time of day, `b` the digits of a whole number that float64 may not hold; or `u` and a duration's seconds; or `z`,
a text and a number that is shown as that text, with leading zeros; or `m`, in the same way with a currency or a unit,
where those of a column differ.
"""
