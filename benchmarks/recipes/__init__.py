"""What recipes are worth: hold-out quality with and without one, on tables that ship in packages."""
