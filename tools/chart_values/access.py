"""How people reach the platform from outside the cluster."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from chart_values.blocks import Block


class Tls(Block):
    """Encryption between browsers and the proxy."""

    enabled: bool = False
    """Addresses begin with `https`."""
    secret_name: str = ""
    """TLS Secret of the Ingress; a Gateway has its own."""


class Ingress(Block):
    """One Ingress each for UI, API and controller."""

    enabled: bool = True
    """Render them."""
    class_name: str = ""
    """Ingress class; the cluster's default when empty."""
    annotations: dict[str, str] = Field(default={})
    """Further annotations; they win over the chart's own."""


class Gateway(Block):
    """A Gateway API HTTPRoute."""

    enabled: bool = False
    """Render it."""
    parent_refs: list[dict[str, Any]] = Field(default=[])
    """Gateways that the route belongs to, in Kubernetes' form: `[{name: public, namespace: gateways}]`."""


class Access(Block):
    """The UI is at `path`, the API at `path/api`, the controller at `path/controller`."""

    host: str = Field(default="", pattern=r"^([a-z0-9*]([a-z0-9.-]*[a-z0-9])?)?$")
    """Host name; `<release>.localhost` when empty, which browsers resolve to their own machine; `*` for any."""
    path: str = Field(default="/", pattern=r"^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$")
    """Path prefix of all addresses, for a host that is shared with other applications."""
    tls: Tls = Tls()
    """Encryption."""
    ingress: Ingress = Ingress()
    """By Ingress."""
    gateway: Gateway = Gateway()
    """By Gateway API."""
