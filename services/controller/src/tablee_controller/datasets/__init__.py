"""Data sets on their way in: uploads, profiles, anonymisation."""
