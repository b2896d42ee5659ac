"""What every HTTP service of the platform shares, whatever its web framework."""
