"""The checks of `tablee doctor`: what must be true for the platform to work, and the remedy for each fault."""
