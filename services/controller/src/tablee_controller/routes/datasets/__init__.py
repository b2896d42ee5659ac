"""Routes of data sets: files, versions, profiles, personal data, recipes."""
