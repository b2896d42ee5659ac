"""The API and the controller as Python objects: typed answers, and their problems raised as our own errors."""
