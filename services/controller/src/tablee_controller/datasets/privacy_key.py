"""Where the platform's privacy key comes from."""

from __future__ import annotations

from collections.abc import Callable

from tablee.errors import InvalidSettings
from tablee_controller.settings import ControllerSettings
from tablee_data.privacy import PrivacyKey, stored_key


def privacy_key(settings: ControllerSettings) -> Callable[[], PrivacyKey]:
    """A function that returns the platform's privacy key. A key of the settings is checked now; otherwise the first
    call makes one in the home directory.

    :raises InvalidSettings: the key of the settings is too short.
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
