"""Personal data in tables: detection, privacy actions, k-anonymity, and the key of pseudonyms."""

from __future__ import annotations

from tablee_data.privacy.anonymiser import Anonymiser
from tablee_data.privacy.composition import Composition, compose, merged
from tablee_data.privacy.detection import find_personal_data
from tablee_data.privacy.k_anonymity import equivalence_classes
from tablee_data.privacy.key import PrivacyKey, stored_key

__all__ = [
    "Anonymiser",
    "Composition",
    "PrivacyKey",
    "compose",
    "equivalence_classes",
    "find_personal_data",
    "merged",
    "stored_key",
]
