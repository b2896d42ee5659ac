"""What a training leaves in MLflow: runs, files, the registered model version."""
