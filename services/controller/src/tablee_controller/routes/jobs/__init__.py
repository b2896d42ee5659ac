"""Routes of the work that the controller starts: trainings, scorings, predictions of files, runs of sources."""
