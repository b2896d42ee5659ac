"""The language in which the command speaks: `--language`, else `TABLEE_LANGUAGE`, else that of `LC_ALL`, `LC_MESSAGES`
or `LANG`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tablee.i18n.catalogue import Language, language_named


def of_environment(environment: Mapping[str, str] | None = None) -> Language:
    """The language that `TABLEE_LANGUAGE` names, else that of the locale; English where there are no texts in it."""
    variables = os.environ if environment is None else environment
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := variables.get(name))), "")
    return language_named(variables.get("TABLEE_LANGUAGE", "")) or language_named(locale) or "en"
