"""Options that commands have in common, and what their values mean."""
