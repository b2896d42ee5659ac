"""A bucket scored by several pods: a worker that is deleted on the way, a file that does not fit, a cancel."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import polars as pl
import pytest
from cluster.test_boundaries import PORTS, connect
from kube.bucket import BUCKET, Bucket
from kube.pods import pod
from kube.release import Release
from kube.tools import eventually
from repository import PENGUINS

MODEL = "penguins"
PARTS = 12
COPIES = 600
"""How often the penguins are in a large part: some 200,000 rows, seconds of work."""
INDEX = "batch.kubernetes.io/job-completion-index"
ENDED = ("done", "failed", "cancelled")


@pytest.fixture(scope="module")
def table(platform: Release, champion: int) -> pl.DataFrame:
    """All penguins, in the columns that the model reads."""
    columns = platform.api("GET", f"/models/{MODEL}")["contract"]["columns"]
    numbers = [pl.col(column["name"]).cast(pl.Float64) for column in columns if column["kind"] == "number"]
    penguins = pl.read_csv(PENGUINS, null_values="NA", infer_schema_length=None).with_columns(numbers)
    return penguins.select(column["name"] for column in columns)


@pytest.fixture(scope="module")
def answers(platform: Release, table: pl.DataFrame) -> pl.DataFrame:
    """What the API answers to each of them."""
    answer = platform.api("POST", f"/models/{MODEL}/predict", json={"rows": table.to_dicts()})
    rows = [
        {"prediction": each["prediction"]}
        | {f"probability_{name}": score for name, score in each["probabilities"].items()}
        for each in answer["predictions"]
    ]
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def inbox(bucket: Bucket, table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Parts by name, the first of them small."""
    large = pl.concat([table] * COPIES, rechunk=True)
    parts = {f"part-{number:02}.parquet": table if number == 0 else large for number in range(PARTS)}
    written = {frame.height: parquet(frame) for frame in (table, large)}
    for name, frame in parts.items():
        bucket.put(f"large/{name}", written[frame.height])
    return parts


def parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def ask(platform: Release, source: str, *, parallel: int = 2) -> str:
    request = {"model": MODEL, "source": f"s3://{BUCKET}/{source}", "parallel": parallel}
    return str(platform.controller("POST", "/scorings", json=request)["id"])


def state(platform: Release, scoring_id: str) -> Any:
    return platform.controller("GET", f"/scorings/{scoring_id}")


def ended(platform: Release, scoring_id: str) -> Any:
    def end() -> Any:
        return found if (found := state(platform, scoring_id))["phase"] in ENDED else None

    return eventually(end, within=180)


def workers(platform: Release) -> dict[str, str]:
    """Names of the pods that run, by the number of the worker."""
    pods = [pod for pod in platform.pods("score") if pod["status"]["phase"] == "Running"]
    return {pod["metadata"]["annotations"][INDEX]: pod["metadata"]["name"] for pod in pods}


def test_a_deleted_worker_costs_nothing_that_was_done(
    platform: Release, bucket: Bucket, inbox: dict[str, pl.DataFrame], answers: pl.DataFrame
) -> None:
    scoring_id = ask(platform, f"{bucket.folder}large/")
    output = f"scorings/{scoring_id}/output/"
    done = eventually(lambda: [number for number in bucket.markers(scoring_id) if number % 2], every=0.2)
    before = bucket.below(output)
    marked = {f"part-{number:02}.parquet" for number in bucket.markers(scoring_id)}
    victim = workers(platform)["1"]
    platform.kubectl("delete", "pod", victim, "--wait=false")
    assert len(done) < PARTS // 2  # it was in the middle of its share

    end = ended(platform, scoring_id)
    assert (end["phase"], end["parts_done"], end["failed_parts"]) == ("done", PARTS, 0), end
    assert end["rows"] == sum(frame.height for frame in inbox.values())
    pods = platform.get("pods", labels="app.kubernetes.io/component=score")
    assert {pod["metadata"]["annotations"][INDEX] for pod in pods if scoring_id in str(pod)} == {"0", "1"}

    after, markers = bucket.below(output), bucket.markers(scoring_id)
    assert sorted(after) == sorted(inbox)
    assert {name: after[name] for name in marked & set(before)} == {name: before[name] for name in marked & set(before)}
    assert sorted(markers) == list(range(PARTS))
    for number, marker in markers.items():
        assert (marker["name"], marker["worker"]) == (f"part-{number:02}.parquet", number % 2)
        data = bucket.get(output + marker["name"])
        assert (marker["sha256"], marker["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
        given, scored = inbox[marker["name"]], pl.read_parquet(io.BytesIO(data))
        assert scored.columns == [*given.columns, *answers.columns]
        assert scored.select(given.columns).equals(given)
        expected = pl.concat([answers] * (given.height // answers.height))
        assert scored.select(answers.columns).equals(expected), marker["name"]  # to the last bit


def test_an_invalid_file_does_not_stop_the_other_files(platform: Release, bucket: Bucket, table: pl.DataFrame) -> None:
    bucket.put("mixed/bad.parquet", parquet(table.drop(table.columns[0])))
    for name in ("good-1", "good-2", "good-3"):
        bucket.put(f"mixed/{name}.parquet", parquet(table))
    scoring_id = ask(platform, f"{bucket.folder}mixed/")
    end = ended(platform, scoring_id)
    assert (end["phase"], end["parts_done"], end["failed_parts"]) == ("failed", 3, 1), end
    assert end["failed"][0]["name"] == "bad.parquet"
    assert table.columns[0] in end["failed"][0]["reason"]
    outputs = bucket.below(f"scorings/{scoring_id}/output/")
    assert sorted(outputs) == [f"good-{number}.parquet" for number in (1, 2, 3)]
    (job,) = [each for each in platform.get("jobs") if scoring_id in each["metadata"]["name"]]
    assert (job["status"]["completedIndexes"], job["status"]["failedIndexes"]) == ("1", "0")
    assert job["status"]["failed"] == 1  # once is enough


def test_a_cancel_ends_the_workers(platform: Release, bucket: Bucket, inbox: dict[str, pl.DataFrame]) -> None:
    scoring_id = ask(platform, f"{bucket.folder}large/")
    eventually(lambda: bucket.markers(scoring_id), every=0.2)
    platform.controller("POST", f"/scorings/{scoring_id}/cancel")
    end = ended(platform, scoring_id)
    assert (end["phase"], end["error"]) == ("cancelled", None), end
    eventually(lambda: not [each for each in platform.get("jobs") if scoring_id in each["metadata"]["name"]])
    eventually(lambda: not workers(platform))
    outputs, markers = bucket.below(f"scorings/{scoring_id}/output/"), bucket.markers(scoring_id)
    assert {marker["name"] for marker in markers.values()} <= set(outputs)
    assert 0 < end["parts_done"] == len(markers) < PARTS


def test_workers_reach_registry_and_bucket_only(platform: Release) -> None:
    """Tried in a pod that has the labels of a worker."""
    labels = {"name": "tablee", "instance": platform.name, "component": "score"}
    command = ["python", "-c", "import signal; signal.pause()"]
    manifest = pod(
        "like-a-worker", platform.image("ui"), command, {f"app.kubernetes.io/{k}": v for k, v in labels.items()}
    )
    platform.kubectl("apply", "--filename", "-", stdin=manifest)
    try:
        platform.kubectl("wait", "pod/like-a-worker", "--for=condition=Ready", "--timeout=120s")
        reached = {called for called in PORTS if connect(platform, "like-a-worker", called) == "open"}
    finally:
        platform.kubectl("delete", "pod", "like-a-worker")
    if "postgres" in reached:
        pytest.skip("this cluster does not enforce NetworkPolicies: a worker reaches Postgres")
    assert reached == {"mlflow", "minio"}
