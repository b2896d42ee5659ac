"""The source of the platform's privacy key."""

from __future__ import annotations

from collections.abc import Callable

from tablee.errors import InvalidSettings
from tablee_controller.settings import ControllerSettings
from tablee_data.privacy import PrivacyKey, stored_key


def privacy_key(settings: ControllerSettings) -> Callable[[], PrivacyKey]:
    """A function that returns the platform's privacy key. A key from the settings is validated at once. Without one,
    the first call of the function creates a key in the home directory.

    :raises InvalidSettings: the key in the settings is too short.
    """
    if settings.privacy.key is not None:
        given = PrivacyKey(settings.privacy.key)
        return lambda: given
    if settings.kubernetes is not None:
        return _no_key
    home = settings.home.absolute()
    return lambda: stored_key(home)


def _no_key() -> PrivacyKey:
    raise InvalidSettings("no_privacy_key")
