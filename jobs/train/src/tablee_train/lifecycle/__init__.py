"""A training as a process: resumed, holding the H2O lease, reporting progress, stopped, ended."""
