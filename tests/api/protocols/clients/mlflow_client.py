"""MLflow's own client of its scoring server."""

from __future__ import annotations

import json
import sys

import pandas as pd
from mlflow.pyfunc.scoring_server.client import ScoringServerClient


def main() -> None:
    asked = json.load(sys.stdin)
    client = ScoringServerClient(asked["host"], asked["port"])
    client.wait_server_ready()
    frame = pd.DataFrame(asked["columns"])  # missing numbers are NaN here, and NaN is what the client sends
    answers = client.invoke(frame).get_predictions()
    json.dump({"about": [client.get_version()], "columns": answers.to_dict(orient="list")}, sys.stdout)


main()
