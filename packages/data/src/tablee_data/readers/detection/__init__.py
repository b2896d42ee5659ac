"""How a text file is written, found out from its bytes: encoding, separator, and where the table is."""
