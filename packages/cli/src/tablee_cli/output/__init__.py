"""Output of the commands: tables, progress of jobs, and the texts about data sets, sources and trainings."""
