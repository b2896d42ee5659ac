"""What the command shows: tables, and the progress of jobs."""
