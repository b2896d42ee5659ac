"""Personal data: found, and taken out before anything is kept."""

from __future__ import annotations

from tablee_data.privacy.anonymiser import Anonymiser
from tablee_data.privacy.detection import find
from tablee_data.privacy.groups import groups
from tablee_data.privacy.pseudonym import Key, kept_key
from tablee_data.privacy.succession import following, together

__all__ = ["Anonymiser", "Key", "find", "following", "groups", "kept_key", "together"]
