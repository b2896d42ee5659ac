"""Inference requests: validated, scored and answered, whatever protocol they came by."""
