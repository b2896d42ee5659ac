"""Files that are predicted: read as training files are, and given back as their person wrote them, with the answers."""

from tablee_data.prediction_files.file import Form, opened
from tablee_data.prediction_files.text import TextFile
from tablee_data.prediction_files.typed import TypedFile

__all__ = ["Form", "TextFile", "TypedFile", "opened"]
