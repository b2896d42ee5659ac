"""Output of the commands: tables, and the progress of jobs."""
