"""Tables from people: how a file is read, what is in it, what must not be kept of it, and how it may be prepared."""
