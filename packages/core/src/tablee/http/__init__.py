"""Code that all HTTP services of the platform share, independent of the web framework."""
