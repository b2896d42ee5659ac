"""What trainings, scorings and sources are asked for, and the states they report."""
