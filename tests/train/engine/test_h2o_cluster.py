"""States of the cluster: wrong version, too small, silent, restarted. A small HTTP server gives H2O's answers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from http_server import TestServer

from tablee.errors import EngineUnavailable, TrainingCancelled, TrainingFailed
from tablee_train.engine.h2o_cluster import VERSION, ClusterMonitor, read_state, wait
from tablee_train.engine.h2o_rest import H2oRest
from tablee_train.lifecycle.stop import training_stop
from tablee_train.settings import H2oSettings


class Cluster:
    """Answers `/3/Cloud` with prepared states; `status` other than 200 is an error, `mute` closes the connection.

    A POST is answered when `finished` is set.
    """

    def __init__(self) -> None:
        self.status, self.mute = 200, False
        self.finished = threading.Event()
        self.authorization: str | None = None
        self.body: dict[str, Any] = {
            "version": VERSION,
            "cloud_size": 2,
            "cloud_healthy": True,
            "cloud_uptime_millis": 5000,
            "nodes": [{"ip_port": "10.0.0.1:54321", "pid": 1}, {"ip_port": "10.0.0.2:54321", "pid": 1}],
        }
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cluster.authorization = self.headers.get("authorization")
                if cluster.mute:
                    self.close_connection = True
                    return
                self.send_response(cluster.status)
                self.end_headers()
                self.wfile.write(json.dumps(cluster.body).encode())

            def do_POST(self) -> None:
                cluster.finished.wait()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"answer": 42}')

            def log_message(self, *_: Any) -> None:
                return

        self.server = TestServer(Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def settings(self, **changes: Any) -> H2oSettings:
        url = f"http://127.0.0.1:{self.server.server_port}/"
        return H2oSettings.model_validate({"url": url, "nodes": 2, "wait_seconds": 0, **changes})


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    yield cluster
    cluster.finished.set()
    cluster.server.shutdown()
    cluster.server.server_close()


def formed(cluster: Cluster, **changes: Any) -> Any:
    settings = cluster.settings(**changes)
    with closing(H2oRest(settings)) as rest:
        return wait([rest], settings, training_stop(), settings.wait_seconds)[1]


def test_a_whole_cluster_is_ready_at_once(cluster: Cluster) -> None:
    assert formed(cluster).size == 2


@pytest.mark.parametrize("version", ["3.46.0.12", "3.44.0.3", "3.50.0.1"])
def test_another_version_is_refused_with_the_reason(cluster: Cluster, version: str) -> None:
    cluster.body["version"] = version
    with pytest.raises(EngineUnavailable, match="refuse to export the model file") as caught:
        formed(cluster, wait_seconds=100)
    assert f"H2O {version} runs there" in caught.value.detail
    assert caught.value.hint == "Start H2O 3.46.0.11."


@pytest.mark.parametrize(
    ("change", "words"),
    [({"cloud_size": 1}, "has 1 of 2 nodes"), ({"cloud_healthy": False}, "2 of 2 nodes and is unhealthy")],
)
def test_a_cluster_that_is_not_whole(cluster: Cluster, change: dict[str, Any], words: str) -> None:
    cluster.body |= change
    with pytest.raises(EngineUnavailable, match=words):
        formed(cluster)


def test_waiting_for_the_cluster_to_form(cluster: Cluster) -> None:
    cluster.mute = True
    threading.Timer(0.3, lambda: setattr(cluster, "mute", False)).start()
    assert formed(cluster, wait_seconds=30).size == 2


def test_waiting_can_be_stopped(cluster: Cluster) -> None:
    cluster.mute, stop = True, training_stop()
    settings = cluster.settings(wait_seconds=100)
    threading.Timer(0.2, stop.request).start()
    with closing(H2oRest(settings)) as rest, pytest.raises(TrainingCancelled):
        wait([rest], settings, stop, settings.wait_seconds)


def test_the_login(cluster: Cluster) -> None:
    formed(cluster, username="tablee", password="geheim")
    assert str(cluster.authorization).startswith("Basic ")
    cluster.status = 401
    with pytest.raises(EngineUnavailable, match="refuses the login") as caught:
        formed(cluster)
    assert "TABLEE_H2O__PASSWORD" in caught.value.hint


def test_an_error_shows_the_message_of_h2o(cluster: Cluster) -> None:
    cluster.status, cluster.body = 500, {"exception_msg": "\n\nERROR MESSAGE:\n\nno such  frame\n"}
    with (
        closing(H2oRest(cluster.settings())) as rest,
        pytest.raises(TrainingFailed, match="H2O answers 500: “no such frame”"),
    ):
        read_state(rest)


def test_of_several_nodes_the_leader_of_all_is_taken(cluster: Cluster) -> None:
    follower, alone, leader = Cluster(), Cluster(), cluster
    follower.status, alone.body = 403, cluster.body | {"cloud_size": 1}
    settings = cluster.settings()
    try:
        rests = [H2oRest(settings, url=each.settings().url) for each in (follower, alone, leader)]
        assert wait(rests, settings, training_stop(), 0)[0] is rests[2]
        with pytest.raises(EngineUnavailable, match="has 1 of 2 nodes"):  # not that the other one only follows
            wait(rests[:2], settings, training_stop(), 0)
        with pytest.raises(EngineUnavailable, match="another node leads"):
            wait(rests[:1], settings, training_stop(), 0)
    finally:
        for rest in rests:
            rest.close()
        for each in (follower, alone):
            each.server.shutdown()
            each.server.server_close()


def test_a_long_call_is_answered(cluster: Cluster, eyes: ClusterMonitor) -> None:
    threading.Timer(1.5, cluster.finished.set).start()
    assert eyes.during(lambda: eyes.rest.post("/3/Parse", seconds=60)) == {"answer": 42}


def test_an_error_of_a_long_call_is_raised(eyes: ClusterMonitor) -> None:
    with pytest.raises(EngineUnavailable, match="does not answer"):
        eyes.during(lambda: eyes.rest.post("/3/Parse", seconds=0.1))


def test_a_node_that_is_lost_during_a_long_call_ends_it(cluster: Cluster, eyes: ClusterMonitor) -> None:
    """H2O would never answer."""
    threading.Timer(0.5, lambda: cluster.body.update(cloud_uptime_millis=100)).start()
    start = time.monotonic()
    with pytest.raises(EngineUnavailable, match="a node was restarted or is gone"):
        eyes.during(lambda: eyes.rest.post("/3/Parse", seconds=60))
    assert time.monotonic() - start < 30


def test_a_long_call_can_be_stopped(cluster: Cluster) -> None:
    settings, stop = cluster.settings(), training_stop()
    threading.Timer(0.2, stop.request).start()
    with closing(H2oRest(settings)) as rest, pytest.raises(TrainingCancelled):
        ClusterMonitor(rest, read_state(rest), settings, stop).during(lambda: rest.post("/3/Parse", seconds=60))


def test_an_error_of_a_whole_cluster_is_the_trainings(eyes: ClusterMonitor) -> None:
    with pytest.raises(TrainingFailed, match="without a single model"), eyes.errors_confirmed():
        raise TrainingFailed("no_model")


@pytest.mark.parametrize(
    "lost",
    [
        {"nodes": [{"ip_port": "10.0.0.1:54321", "pid": 1}]},
        {"cloud_healthy": False},
    ],
)
def test_an_error_of_a_cluster_that_lost_a_node_is_not(
    cluster: Cluster, eyes: ClusterMonitor, lost: dict[str, Any]
) -> None:
    cluster.body |= lost
    with pytest.raises(EngineUnavailable), eyes.errors_confirmed():
        raise TrainingFailed("no_model")


def test_an_error_waits_for_a_word_of_every_node(cluster: Cluster) -> None:
    """A node that was killed a moment ago is one of the cluster still."""
    settings = cluster.settings(quiet_seconds=3)
    first, second = cluster.body["nodes"]
    first["last_ping"], second["last_ping"] = 102_000, 100_000
    threading.Timer(1.5, lambda: first.update(last_ping=103_500)).start()
    with closing(H2oRest(settings)) as rest:
        monitor = ClusterMonitor(rest, read_state(rest), settings, training_stop())
        with pytest.raises(EngineUnavailable, match="not been heard of for 4 s"), monitor.errors_confirmed():
            raise TrainingFailed("no_model")


class Ticking:
    """A clock that jumps ten seconds at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 10.0
        return self.now


@pytest.fixture
def eyes(cluster: Cluster) -> Iterator[ClusterMonitor]:
    settings = cluster.settings()
    with closing(H2oRest(settings)) as rest:
        yield ClusterMonitor(rest, read_state(rest), settings, training_stop(), clock=Ticking())


def test_a_healthy_cluster_answers(cluster: Cluster, eyes: ClusterMonitor) -> None:
    cluster.body["cloud_uptime_millis"] = 6000
    assert eyes.ask(lambda: 42) == 42


@pytest.mark.parametrize(
    "change",
    [
        {"cloud_uptime_millis": 100},
        {"nodes": [{"ip_port": "10.0.0.1:54321", "pid": 1}, {"ip_port": "10.0.0.2:54321", "pid": 7}]},
        {"nodes": [{"ip_port": "10.0.0.1:54321", "pid": 1}]},
    ],
)
def test_a_node_that_was_restarted_has_lost_its_data(
    cluster: Cluster, eyes: ClusterMonitor, change: dict[str, Any]
) -> None:
    cluster.body |= change
    with pytest.raises(EngineUnavailable, match="a node was restarted or is gone"):
        eyes.ask(lambda: 42)


def test_a_node_that_sends_nothing_to_the_leader_is_lost(cluster: Cluster, eyes: ClusterMonitor) -> None:
    first, second = cluster.body["nodes"]
    first["last_ping"], second["last_ping"] = 100_000, 65_000
    assert eyes.ask(lambda: 42) == 42
    first["last_ping"] = 105_000
    with pytest.raises(EngineUnavailable, match="not been heard of for 40 s"):
        eyes.ask(lambda: 42)


def test_short_silence_is_forgiven_and_long_silence_is_not(cluster: Cluster, eyes: ClusterMonitor) -> None:
    cluster.mute = True
    threading.Timer(0.2, lambda: setattr(cluster, "mute", False)).start()
    assert eyes.ask(lambda: 42) == 42
    cluster.mute = True
    start = time.monotonic()
    with pytest.raises(EngineUnavailable, match="H2O was lost during the training"):
        eyes.ask(lambda: 42)
    assert time.monotonic() - start < 30


def test_an_unhealthy_cluster_is_given_up_after_a_while(cluster: Cluster, eyes: ClusterMonitor) -> None:
    cluster.body["cloud_healthy"] = False
    assert eyes.ask(lambda: 42) == 42
    with pytest.raises(EngineUnavailable, match="the cluster is unhealthy"):
        eyes.ask(lambda: 42)


def test_a_frozen_cluster_is_silent() -> None:
    """It still takes connections, but never answers."""
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        settings = H2oSettings(url=f"http://127.0.0.1:{frozen.getsockname()[1]}")
        with closing(H2oRest(settings, poll_seconds=0.3)) as rest:
            start = time.monotonic()
            with pytest.raises(EngineUnavailable, match="does not answer"):
                read_state(rest)
            assert time.monotonic() - start < 5
