"""Scores MOJOs on a JVM inside the Python process. No other package of Tablée depends on Java."""

from tablee_scoring.explain import Explanation
from tablee_scoring.model import Model
from tablee_scoring.predictions import Predictions

__all__ = ["Explanation", "Model", "Predictions"]
