"""Changes that make a new version of a data set: append, repair, erase, anonymise, replace."""
