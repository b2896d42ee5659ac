"""A MOJO scored on a JVM inside this process; nothing else of Tablée knows Java."""

from tablee_scoring.explain import Explanation
from tablee_scoring.model import Model
from tablee_scoring.predictions import Predictions

__all__ = ["Explanation", "Model", "Predictions"]
