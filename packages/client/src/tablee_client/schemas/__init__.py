"""What the services answer, where `tablee` has no type of its own for it."""
