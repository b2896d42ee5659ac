"""Who may talk to whom."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from chart_values.blocks import Block, Port

PROXIES = [
    "contour",
    "envoy-gateway-system",
    "haproxy-controller",
    "ingress-nginx",
    "istio-ingress",
    "istio-system",
    "kong",
    "kube-system",
    "nginx-gateway",
    "projectcontour",
    "traefik",
]
"""Namespaces in which common proxies live by their own installation guides."""


class Outside(Block):
    """A service outside the namespace."""

    cidrs: list[str] = Field(default=[])
    """Its addresses; any when empty."""
    ports: list[Port]
    """Its ports."""


class External(Block):
    """What is outside the namespace, `postgres.external` and `minio.external` among it."""

    database: Outside = Outside(ports=[5432])
    """The database."""
    object_store: Outside = Outside(ports=[443])
    """The object store, and what gives out cloud identities."""
    sources: Outside = Outside(ports=[443, 5432])
    """The databases and object stores of `connections`, for the controller; closed when there are none."""
    kubernetes: Outside = Outside(ports=[443, 6443, 8443, 16443])
    """Kubernetes itself, for the controller: its address is no pod's, and its port differs from cluster to cluster."""


class NetworkPolicy(Block):
    """Every pod talks to those it must, both ways; the rest is closed where the cluster enforces policies."""

    enabled: bool = True
    """Render NetworkPolicies."""
    ingress_from: list[dict[str, Any]] = Field(
        default=[
            {
                "namespaceSelector": {
                    "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": PROXIES}]
                }
            }
        ]
    )
    """Who reaches UI, API and controller besides each other, as NetworkPolicyPeers: the proxy in front of them, and
    applications that predict. By default the namespaces of common proxies."""
    metrics_from: list[dict[str, Any]] = Field(
        default=[{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}}]
    )
    """Who reads metrics: by default pods that call themselves Prometheus, in any namespace."""
    external: External = External()
    """Where services outside the namespace are."""
