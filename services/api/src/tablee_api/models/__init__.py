"""The model repository: which model versions this process serves."""
