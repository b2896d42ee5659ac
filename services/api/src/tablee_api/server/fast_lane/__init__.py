"""The fast lane: small predictions answered in the callback that reads them from the socket."""
