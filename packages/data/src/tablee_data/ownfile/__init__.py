"""Files that are predicted: read as training files are, and given back as their person wrote them, with the answers."""

from tablee_data.ownfile.file import Form, opened
from tablee_data.ownfile.text import TextFile
from tablee_data.ownfile.typed import TypedFile

__all__ = ["Form", "TextFile", "TypedFile", "opened"]
