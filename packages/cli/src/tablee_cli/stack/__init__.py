"""The local stack: its processes, and how they are started, observed and stopped."""
