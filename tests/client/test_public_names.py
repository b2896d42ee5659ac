"""`tablee_client` exports exactly the names in its `__all__`."""

from __future__ import annotations

import types

import tablee_client


def test_the_package_exports_what_it_lists() -> None:
    public = {
        name
        for name, value in vars(tablee_client).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public == set(tablee_client.__all__)
    assert tablee_client.__all__ == sorted(tablee_client.__all__)
