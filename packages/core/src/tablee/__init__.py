"""The shared language of Tablée: what every service, job and tool of the platform agrees on."""

__version__ = "0.1.0"
