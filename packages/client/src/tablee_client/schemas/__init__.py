"""Types of the services' responses that `tablee` does not define."""
