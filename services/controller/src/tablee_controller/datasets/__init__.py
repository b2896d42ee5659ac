"""Data sets in the controller: uploads, versions, profiles, personal data."""
