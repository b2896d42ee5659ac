"""Passwords: given ones are used, others are generated, different for each purpose, and kept at uninstall."""

from __future__ import annotations

import json

from charts.chart import Object, pods, render

OWN = {
    "key": {"existingSecret": "my-key"},
    "privacy": {"existingSecret": "my-privacy"},
    "h2o": {"existingSecret": "my-h2o"},
    "postgres": {"existingSecret": "my-postgres"},
    "minio": {
        "existingSecret": "my-minio",
        "clientSecrets": {name: f"my-{name}" for name in ("api", "controller", "train", "score", "h2o", "mlflow")},
    },
}


def secrets(objects: tuple[Object, ...]) -> dict[str, Object]:
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == "Secret"}


def test_generated_secrets_are_kept_at_uninstall(objects: tuple[Object, ...]) -> None:
    for secret in secrets(objects).values():
        assert secret["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_generated_passwords_differ() -> None:
    passwords = [
        value
        for secret in secrets(render()).values()
        for key, value in secret["data"].items()
        if key in ("key", "password", "root-password", "secret-key")
    ]
    assert len(passwords) == 11
    assert len(set(passwords)) == 11


def test_given_secrets_are_used() -> None:
    objects = render(changes=OWN)
    assert secrets(objects) == {}
    words = json.dumps([template for _, template in pods(objects)])
    for name in ("key", "privacy", "h2o", "postgres", "minio", "api", "controller", "train", "score", "mlflow"):
        assert f'"my-{name}"' in words, name


def test_each_client_of_the_object_store_has_a_login_of_its_own() -> None:
    for component, template in ((owner.rpartition("-")[2], template) for owner, template in pods(render())):
        named = {
            variable["valueFrom"]["secretKeyRef"]["name"]
            for container in template["spec"]["containers"]
            for variable in container.get("env", ())
            if variable["name"].startswith("AWS_") and "valueFrom" in variable
        }
        assert named <= {f"tablee-s3-{component}"}


def test_without_secrets_pods_have_the_identity_of_their_accounts() -> None:
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/api"}
    changes = {"minio": {"external": {"existingSecret": ""}}, "api": {"serviceAccount": {"annotations": role}}}
    objects = render("external", changes)
    for _, template in pods(objects):
        names = [variable["name"] for each in template["spec"]["containers"] for variable in each.get("env", ())]
        assert "AWS_ACCESS_KEY_ID" not in names
    account = next(
        each for each in objects if each["kind"] == "ServiceAccount" and each["metadata"]["name"] == "tablee-api"
    )
    assert account["metadata"]["annotations"] == role


def test_only_the_controller_has_the_key_of_pseudonyms() -> None:
    holders = [owner for owner, template in pods(render()) if "tablee-privacy" in json.dumps(template)]
    assert holders == ["Deployment/tablee-controller"]
