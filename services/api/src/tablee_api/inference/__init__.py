"""Inference requests: validated, scored and answered in the same way for every protocol."""
