"""The inference plane: predicts and explains with the models it is pinned to."""

from tablee_api.app import create_app
from tablee_api.settings import ApiSettings

__all__ = ["ApiSettings", "create_app"]
