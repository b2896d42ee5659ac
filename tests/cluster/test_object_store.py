"""The bundled object store: it keeps the contract, and every login reaches what is its own and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from kube.bucket import BUCKET, s3_client
from kube.release import ROOT, Release
from kube.tools import forwarded

FRAMES = "trainings/20260131-120000-abc123/frames"
"""Training rows on their way to H2O."""
FOLDERS = ("datasets", "trainings", "promotions", "rollout", "mlflow", "scorings", "elsewhere", FRAMES)
RIGHTS = {
    "api": {"read": {"mlflow"}, "write": set(), "delete": set()},
    "controller": {
        "read": set(FOLDERS),
        "write": {"datasets", "trainings", "promotions", "rollout", "scorings", FRAMES},
        "delete": {"datasets", "trainings", "promotions", "rollout", "scorings", FRAMES},
    },
    "train": {
        "read": {"datasets", "trainings", "promotions", "mlflow", FRAMES},
        "write": {"trainings", "promotions", "mlflow", FRAMES},
        "delete": {FRAMES},
    },
    "score": {"read": set(FOLDERS), "write": {"scorings", "elsewhere"}, "delete": set()},
    "h2o": {"read": {FRAMES}, "write": set(), "delete": set()},
    "mlflow": {"read": {"mlflow"}, "write": {"mlflow"}, "delete": {"mlflow"}},
}


@pytest.fixture(scope="module")
def endpoint(platform: Release) -> Iterator[str]:
    with forwarded(platform.namespace, f"service/{platform.named('minio')}", 9000) as port:
        yield f"http://127.0.0.1:{port}"


def allowed(call: Any, **arguments: Any) -> bool:
    try:
        call(Bucket=BUCKET, **arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
        return False
    return True


@pytest.mark.parametrize("component", RIGHTS)
def test_a_login_reaches_what_is_its_own(platform: Release, endpoint: str, component: str) -> None:
    admin = s3_client(endpoint, platform.secret("minio", "root-user"), platform.secret("minio", "root-password"))
    secret = f"s3-{component}"
    login = s3_client(endpoint, platform.secret(secret, "access-key"), platform.secret(secret, "secret-key"))
    keys = {folder: f"{folder}/test-{component}" for folder in FOLDERS}
    try:
        for key in keys.values():
            admin.put_object(Bucket=BUCKET, Key=key, Body=b"1")
        rights = {
            "read": {folder for folder, key in keys.items() if allowed(login.get_object, Key=key)},
            "write": {folder for folder, key in keys.items() if allowed(login.put_object, Key=key, Body=b"2")},
            "delete": {folder for folder, key in keys.items() if allowed(login.delete_object, Key=key)},
        }
        listed = {folder for folder in FOLDERS if allowed(login.list_objects_v2, Prefix=f"{folder}/")}
        assert rights == RIGHTS[component]
        assert listed == RIGHTS[component]["read"]
        assert allowed(login.list_objects_v2) == (listed == set(FOLDERS))
        with pytest.raises(ClientError):
            login.create_bucket(Bucket="another")
    finally:
        for key in keys.values():
            admin.delete_object(Bucket=BUCKET, Key=key)


def test_the_store_keeps_the_contract(platform: Release, endpoint: str) -> None:
    """With the controller's own login."""
    store = {
        "TABLEE_TEST_S3_ENDPOINT": endpoint,
        "TABLEE_TEST_S3_BUCKET": BUCKET,
        "TABLEE_TEST_S3_ACCESS_KEY": platform.secret("s3-controller", "access-key"),
        "TABLEE_TEST_S3_SECRET_KEY": platform.secret("s3-controller", "secret-key"),
    }
    command = (sys.executable, "-m", "pytest", "-q", "tests/core/storage/test_object_store.py", "-k", "configured")
    done = subprocess.run(command, cwd=ROOT, env=os.environ | store, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
