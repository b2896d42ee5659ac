"""Who may reach whom, who holds a token and what it may do, and what runs with which privileges: tried, not read."""

from __future__ import annotations

from typing import Any

import pytest
from kube.pods import pod
from kube.release import Release
from kube.tools import Refused, kubectl

CONNECT = """
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
try:
    address = socket.gethostbyname(host)
except OSError as error:
    sys.exit(f"no address: {error}")
try:
    socket.create_connection((address, port), 4).close()
    print("open")
except OSError as error:
    print("closed")
"""
PORTS = {"api": 8000, "controller": 8080, "ui": 8501, "mlflow": 5000, "postgres": 5432, "minio": 9000}
ALLOWED = {
    "ui": {"api", "controller"},
    "controller": {"api", "mlflow", "minio"},
    "api": {"mlflow", "minio"},
    "mlflow": {"postgres", "minio"},
    "stranger": set[str](),
}
"""Among those that stand still; trainings and H2O have their own test."""

PAIRS = [
    (caller, called, called in allowed) for caller, allowed in ALLOWED.items() for called in PORTS if called != caller
]


def account(platform: Release) -> str:
    """The controller's user."""
    template = platform.get("deployment", platform.named("controller"))["spec"]["template"]
    return f"system:serviceaccount:{platform.namespace}:{template['spec']['serviceAccountName']}"


@pytest.fixture(scope="module")
def stranger(platform: Release) -> str:
    """A pod in the release's namespace that belongs to no component."""
    command = ["python", "-c", "import signal; signal.pause()"]
    platform.kubectl("apply", "--filename", "-", stdin=pod("stranger", platform.image("ui"), command))
    platform.kubectl("wait", "pod/stranger", "--for=condition=Ready", "--timeout=120s")
    return "stranger"


@pytest.fixture(scope="module")
def policies(platform: Release, stranger: str) -> None:
    """Whether the cluster enforces NetworkPolicies at all: Postgres must be out of a stranger's reach."""
    if connect(platform, stranger, "postgres") == "open":
        pytest.skip("this cluster does not enforce NetworkPolicies: a stranger reaches Postgres")


@pytest.mark.parametrize(("caller", "called", "allowed"), PAIRS, ids=[f"{a}-{b}" for a, b, _ in PAIRS])
def test_who_reaches_whom(platform: Release, policies: None, caller: str, called: str, allowed: bool) -> None:
    name = caller if caller == "stranger" else platform.pods(caller)[0]["metadata"]["name"]
    assert connect(platform, name, called) == ("open" if allowed else "closed")


def connect(platform: Release, name: str, called: str) -> str:
    return platform.kubectl(
        "exec", name, "--", "python", "-c", CONNECT, platform.named(called), str(PORTS[called])
    ).strip()


def test_the_internet_is_out_of_reach(platform: Release, policies: None) -> None:
    """An address of the documentation range (RFC 5737): no real host gets a request if a policy is missing."""
    for caller in ("api", "ui", "mlflow"):
        name = platform.pods(caller)[0]["metadata"]["name"]
        assert platform.kubectl("exec", name, "--", "python", "-c", CONNECT, "192.0.2.1", "443").strip() == "closed"


def test_only_the_controller_holds_a_token(platform: Release) -> None:
    holders = {
        pod["metadata"]["labels"]["app.kubernetes.io/component"]
        for pod in platform.get("pods", labels=f"app.kubernetes.io/instance={platform.name}")
        for container in pod["spec"]["containers"]
        for mount in container.get("volumeMounts", ())
        if mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"
    }
    assert holders == {"controller"}


@pytest.mark.parametrize(
    ("verb", "what", "allowed"),
    [
        ("get", "deployments/{}-api", True),
        ("patch", "deployments/{}-api", True),
        ("patch", "deployments/{}-ui", False),
        ("delete", "deployments/{}-api", False),
        ("create", "deployments", False),
        ("get", "statefulsets/{}-h2o", True),
        ("patch", "statefulsets/{}-h2o", False),
        ("patch", "statefulsets/{}-h2o --subresource=scale", True),
        ("patch", "statefulsets/{}-postgres --subresource=scale", False),
        ("get", "cronjobs/{}-train", True),
        ("patch", "cronjobs/{}-train", False),
        ("get", "cronjobs/{}-score", True),
        ("patch", "cronjobs/{}-score", False),
        ("create", "jobs", True),
        ("delete", "jobs", True),
        ("patch", "jobs", False),
        ("list", "pods", True),
        ("get", "pods --subresource=log", True),
        ("create", "pods --subresource=exec", False),
        ("create", "pods", False),
        ("delete", "pods", False),
        ("get", "secrets", False),
        ("list", "secrets", False),
        ("get", "configmaps", False),
        ("create", "events", True),
        ("create", "rolebindings", False),
        ("list", "nodes", False),
    ],
)
def test_the_controllers_rights(platform: Release, verb: str, what: str, allowed: bool) -> None:
    question = ("auth", "can-i", verb, *what.format(platform.name).split(), f"--as={account(platform)}")
    if allowed:
        assert platform.kubectl(*question).strip() == "yes"
    else:
        with pytest.raises(Refused):
            platform.kubectl(*question)


def test_the_controllers_rights_end_at_its_namespace(platform: Release) -> None:
    with pytest.raises(Refused):
        kubectl("auth", "can-i", "list", "pods", f"--as={account(platform)}", namespace="default")


def test_the_key_is_required(platform: Release) -> None:
    with platform.client("/") as http:
        del http.headers["authorization"]
        for path in ("/api/models", "/controller/models", "/api/metrics", "/controller/metrics"):
            assert http.get(path).status_code == 401, path
        for path in ("/", "/api/healthz", "/controller/healthz"):
            assert http.get(path).status_code == 200, path


def test_h2o_is_for_trainings_only(platform: Release, policies: None, champion: int) -> None:
    """Tried while it runs, from every pod that is not a training."""
    h2o = platform.named("h2o")
    asked: Any = platform.controller(
        "POST", "/trainings", json={"dataset": "penguins", "target": "species", "max_seconds": 60, "model": "guarded"}
    )
    platform.until_phase(asked["id"], "training")
    address = f"{h2o}-0.{h2o}-peers"
    for caller in ("stranger", "ui", "api", "controller", "mlflow"):
        name = caller if caller == "stranger" else platform.pods(caller)[0]["metadata"]["name"]
        for port in ("54321", "54322"):
            said = platform.kubectl("exec", name, "--", "python", "-c", CONNECT, address, port)
            assert said.strip() == "closed", (caller, port)
    platform.controller("POST", f"/trainings/{asked['id']}/cancel")
    platform.trained(asked["id"])
