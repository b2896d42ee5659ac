"""Which pods and services may connect to each other."""

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
"""Namespaces that the installation guides of common proxies use."""


class Outside(Block):
    """A service outside the namespace."""

    cidrs: list[str] = Field(default=[])
    """Its addresses; all when empty."""
    ports: list[Port]
    """Its ports."""


class External(Block):
    """Services outside the namespace, `postgres.external` and `minio.external` included."""

    database: Outside = Outside(ports=[5432])
    """The database."""
    object_store: Outside = Outside(ports=[443])
    """The object store, and the service that issues cloud identities."""
    sources: Outside = Outside(ports=[443, 5432])
    """The databases and object stores of `connections`, for the controller; closed when there are none."""
    kubernetes: Outside = Outside(ports=[443, 6443, 8443, 16443])
    """Kubernetes itself, for the controller: its address is no pod's, and its port differs from cluster to cluster."""


class NetworkPolicy(Block):
    """Every pod may connect to those it needs, and no other, where the cluster enforces policies."""

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
    """Who else may connect to UI, API and controller, as NetworkPolicyPeers: the proxy in front of them, and
    applications that predict. By default the namespaces of common proxies."""
    metrics_from: list[dict[str, Any]] = Field(
        default=[{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}}]
    )
    """Who may read metrics: by default pods labelled as Prometheus, in any namespace."""
    external: External = External()
    """Where services outside the namespace are."""
