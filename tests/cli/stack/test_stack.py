"""Start and stop of a stack of small real processes, which listen on a port and can be made to misbehave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest

from tablee.errors import Conflict, StartFailed
from tablee_cli.stack.components.component import Launch, asked
from tablee_cli.stack.home import Home
from tablee_cli.stack.marks import marked
from tablee_cli.stack.plan import Plan
from tablee_cli.stack.ports import HOST, Ports
from tablee_cli.stack.stack import Event, Stack
from tablee_cli.stack.state_file import Recorded, StackRecord

PROGRAM = """
import http.server, os, signal, subprocess, sys, time
port, ways = int(sys.argv[1]), sys.argv[2].split(",")
print("a line in the log", flush=True)
if "dies" in ways:
    sys.exit("there is no database")
if "stubborn" in ways:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in ways:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if "never" in ways else 200)
        self.end_headers()
        self.wfile.write(b'{"reason": "still thinking"}')
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@dataclass
class Small:
    """A component that runs a small program."""

    name: str
    port: int
    folder: Path
    ways: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    start_seconds: float = 60.0
    stop_seconds: float = 5.0
    required: bool = True
    width: int = 1

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def launch(self) -> Launch:
        command = (sys.executable, "-c", PROGRAM, str(self.port), self.ways)
        return Launch(command, self.environment, self.folder, scratch=(self.folder / "scratch",))

    def ready(self, http: httpx.Client) -> str:
        return asked(http, self.url)[1]


class Bench:
    """A stack with two stages: `base`, then `left` and `right`. It records the events."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.events: list[Event] = []
        ports = Ports(anywhere=True, notice=pytest.fail)
        self.parts = {name: Small(name, ports.take(name, 1), self.home.root) for name in ("base", "left", "right")}
        self.stack = Stack(self.home, tell=self.events.append)

    def up(self) -> StackRecord:
        self.events.clear()
        base, left, right = self.parts.values()
        return self.stack.up(lambda _record: Plan(((base,), (left, right))))

    def heard(self, kind: str) -> list[str]:
        return [event.name for event in self.events if event.kind == kind]

    def pid(self, name: str) -> int:
        found = self.stack.record.components[name].pid
        assert found is not None
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    found = Bench(tmp_path / "un home")
    yield found
    found.stack.down()
    assert marked(found.home.root) == {}


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_up_starts_components_in_order_and_down_stops_them_in_reverse(bench: Bench) -> None:
    record = bench.up()
    assert list(record.components) == ["base", "left", "right"]
    told = [(event.name, event.kind) for event in bench.events if event.kind in ("starting", "ready")]
    assert told[:3] == [("base", "starting"), ("base", "ready"), ("left", "starting")]
    assert httpx.get(record.components["right"].url).status_code == 200
    pids = [bench.pid(name) for name in record.components]
    assert len({os.getsid(pid) for pid in pids}) == 3, "each has a session of its own"
    bench.events.clear()
    assert bench.stack.down() == 3
    assert bench.heard("stopped") == ["right", "left", "base"]
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not bench.home.record.exists()
    assert bench.stack.down() == 0


def test_a_second_up_starts_only_what_is_missing(bench: Bench) -> None:
    bench.up()
    before = {name: bench.pid(name) for name in bench.parts}
    bench.up()
    assert {name: bench.pid(name) for name in bench.parts} == before
    assert (bench.heard("running"), bench.heard("starting")) == (["base", "left", "right"], [])
    os.kill(before["left"], signal.SIGKILL)
    bench.up()
    assert (bench.heard("running"), bench.heard("starting")) == (["base", "right"], ["left"])
    assert bench.pid("base") == before["base"]


def test_a_component_with_changed_settings_is_restarted(bench: Bench) -> None:
    bench.up()
    before = bench.pid("left")
    bench.parts["left"].environment["COLOUR"] = "blue"
    bench.up()
    assert bench.heard("restarting") == ["left"]
    assert psutil.Process(bench.pid("left")).environ()["COLOUR"] == "blue"
    assert not psutil.pid_exists(before)


def test_a_failed_start_stops_what_it_started_and_shows_the_log(bench: Bench) -> None:
    bench.parts["right"].ways = "dies"
    with pytest.raises(StartFailed) as caught:
        bench.up()
    assert "right did not start: it ended before it was ready" in caught.value.detail
    assert "there is no database" in caught.value.detail
    assert marked(bench.home.root) == {}
    assert not bench.home.record.exists()


def test_a_failed_start_keeps_components_that_ran_before(bench: Bench) -> None:
    bench.up()
    os.kill(bench.pid("right"), signal.SIGKILL)
    bench.parts["right"].ways = "dies"
    with pytest.raises(StartFailed):
        bench.up()
    assert set(marked(bench.home.root)) == {"base", "left"}
    bench.parts["right"].ways = ""
    bench.up()
    assert bench.heard("running") == ["base", "left"]


def test_a_component_that_is_not_ready_in_time_fails_with_its_reason(bench: Bench) -> None:
    bench.parts["base"].ways, bench.parts["base"].start_seconds = "never", 1.0
    with pytest.raises(StartFailed, match="base did not start: not ready after 1 s: still thinking"):
        bench.up()
    bench.parts["base"].required = False
    bench.up()
    assert [(event.name, event.detail) for event in bench.events if event.kind == "unready"] == [
        ("base", "still thinking")
    ]


def test_ctrl_c_during_the_start_leaves_no_process(bench: Bench) -> None:
    def interrupt(event: Event) -> None:
        if (event.name, event.kind) == ("left", "starting"):
            raise KeyboardInterrupt

    bench.stack = Stack(bench.home, tell=interrupt)
    with pytest.raises(KeyboardInterrupt):
        bench.up()
    assert marked(bench.home.root) == {}


def test_down_kills_processes_that_ignore_sigterm_and_their_children(bench: Bench) -> None:
    bench.parts["left"].ways, bench.parts["left"].stop_seconds = "stubborn,parent", 0.3
    bench.up()
    until(lambda: len(marked(bench.home.root)["left"]) == 2)
    bench.events.clear()
    bench.stack.down()
    assert bench.heard("killed") == ["left"]
    assert bench.heard("swept") == ["rest"]


def test_up_stops_the_children_of_killed_components(bench: Bench) -> None:
    bench.parts["left"].ways = "parent"
    bench.up()
    until(lambda: len(marked(bench.home.root)["left"]) == 2)
    os.kill(bench.pid("left"), signal.SIGKILL)
    until(lambda: len(marked(bench.home.root)["left"]) == 1)
    bench.up()
    assert bench.heard("swept") == ["left"]
    bench.home.record.unlink()  # without the record the processes are known by their mark only
    bench.up()
    assert sorted(bench.heard("swept")) == ["base", "left", "right"]


def test_pids_of_a_record_from_before_a_reboot_are_not_stopped(bench: Bench) -> None:
    """The pids belong to other processes now."""
    bench.home.create()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as innocent:
        stale = Recorded(
            name="base",
            url="http://127.0.0.1:1",
            port=1,
            log="",
            pid=innocent.pid,
            create_time=psutil.Process(innocent.pid).create_time() - 1000,
            started=datetime.now(UTC),
        )
        StackRecord(components={"base": stale}).write(bench.home.record)
        bench.up()
        assert bench.heard("starting") == ["base", "left", "right"]
        StackRecord(components={"base": stale}).write(bench.home.record)
        bench.stack.down()
        assert innocent.poll() is None
        innocent.kill()


@pytest.mark.parametrize("content", [b"", b"{", b'{"components": 3}', b"\xff\xfe"])
def test_a_damaged_record_is_ignored(bench: Bench, content: bytes) -> None:
    bench.up()
    bench.home.record.write_bytes(content)
    bench.up()
    assert len(bench.stack.record.components) == 3


def test_a_second_up_or_down_is_refused(bench: Bench) -> None:
    with bench.home.locked("up"), pytest.raises(Conflict, match=r"`tablee up` \(PID \d+\) is at work"):
        bench.stack.down()
    with bench.home.locked("up"), pytest.raises(Conflict):
        bench.up()


def test_a_home_that_is_not_writable_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    stack = Stack(Home(tmp_path / "file"), tell=lambda _event: None)
    with pytest.raises(StartFailed, match="cannot be written to"):
        stack.up(lambda _record: Plan(()))


def test_scratch_is_emptied_and_long_logs_are_rotated(bench: Bench) -> None:
    part = bench.parts["base"]
    (bench.home.root / "scratch").mkdir(parents=True)
    (bench.home.root / "scratch" / "left over").write_text("x")
    part.log.parent.mkdir(parents=True)
    with part.log.open("wb") as log:
        log.truncate(21 << 20)
    bench.up()
    assert list((bench.home.root / "scratch").iterdir()) == []
    until(lambda: "a line in the log" in part.log.read_text())
    assert part.log.with_suffix(".log.1").stat().st_size == 21 << 20
