"""What `helm test` runs: asks every service how it is, then predicts through the whole chain if a model is served."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Any

PATIENCE = 120.0
"""Seconds that all questions together may take; what does not answer is asked again until then."""


def ask(url: str, body: Any = None) -> bytes:
    """The answer's body, with the platform's key; a body is posted as JSON."""
    headers = {"authorization": f"Bearer {os.environ['TABLEE_KEY']}", "content-type": "application/json"}
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)  # noqa: S310 (ours)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        content: bytes = answer.read()
        return content


def insist(what: str, url: str, until: float, body: Any = None) -> bytes:
    """Ask until there is a good answer; ends the program when there is none in time."""
    while True:
        try:
            answer = ask(url, body)
        except (urllib.error.URLError, OSError) as error:
            said = error.read().decode(errors="replace") if isinstance(error, urllib.error.HTTPError) else ""
            if time.monotonic() > until:
                sys.exit(f"{what}: {url}: {error} {said}")
            time.sleep(1)
        else:
            print(f"{what}: good", flush=True)
            return answer


def main() -> None:
    until = time.monotonic() + PATIENCE
    ui, api, controller = (os.environ[name] for name in ("UI_URL", "API_URL", "CONTROLLER_URL"))
    insist("the page", f"{ui}/healthz", until)
    insist("the API", f"{api}/readyz", until)
    insist("the controller, with MLflow and the object store behind it", f"{controller}/readyz", until)
    insist("the registry, asked through the controller", f"{controller}/models", until)
    insist("the data sets, asked through the controller", f"{controller}/datasets", until)
    served = json.loads(insist("the models that are served", f"{api}/models", until))["models"]
    for model in served:
        name = model["name"]
        row = json.loads(insist(f"the contract of {name}", f"{api}/models/{name}", until))["contract"]["examples"][0]
        answer = json.loads(insist(f"a prediction of {name}", f"{api}/models/{name}/predict", until, {"row": row}))
        print(f"{name} version {answer['version']} predicts {answer['predictions'][0]['prediction']!r}", flush=True)
    if not served:
        print("no model is served yet: train one, then run this again")


if __name__ == "__main__":
    main()
