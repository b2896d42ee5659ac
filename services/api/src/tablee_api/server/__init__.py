"""The HTTP server: listening sockets, the fast lane, graceful shutdown."""
