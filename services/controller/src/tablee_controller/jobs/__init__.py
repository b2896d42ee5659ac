"""Trainings and scorings: admitted, queued, started, followed to their end."""
