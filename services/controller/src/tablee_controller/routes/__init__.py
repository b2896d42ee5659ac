"""The HTTP routes of the controller, one module for each resource."""
