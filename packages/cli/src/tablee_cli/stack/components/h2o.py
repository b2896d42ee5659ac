"""The H2O cluster: one node that accepts connections from this machine only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import httpx
import psutil

from tablee.i18n.message import Message
from tablee_cli.stack.components.component import Launch, Reason, asked
from tablee_cli.stack.components.java import H2O_VERSION, find_java, h2o_jar
from tablee_cli.stack.components.service import LocalService
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST

MIB = 1 << 20


def heap_for(machine_bytes: int) -> str:
    """The size of the Java heap: an eighth of the machine's memory, at least 1 and at most 2 GiB. XGBoost and the JVM
    need about as much memory again outside of the heap."""
    return f"{min(max(machine_bytes // 8 // MIB, 1024), 2048)}m"


class H2o(LocalService):
    name = "h2o"
    usual_port = 54321
    width = 2  # nodes communicate with each other on the next port
    start_seconds = 120.0
    stop_seconds = 10.0
    health = "/3/Cloud"

    def __init__(self, home: Home, port: int, *, heap: str | None = None) -> None:
        super().__init__(home, port)
        self._heap = heap or heap_for(psutil.virtual_memory().total)

    def launch(self) -> Launch:
        java, jar = find_java(), h2o_jar()
        folder = self._home.h2o
        for name in ("ice", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        # The list of members has only this node. Without the list, H2O would search the network for other nodes.
        (folder / "members").write_text(f"{HOST}:{self.port}\n", encoding="utf-8")
        command = (
            str(java.path),
            *("-Xms64m", f"-Xmx{self._heap}"),
            # H2O is idle most of the time: collect garbage then, and return the memory to the system.
            *("-XX:+UseG1GC", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=25"),
            *(("-XX:G1PeriodicGCInterval=15000",) if java.major >= 12 else ()),
            "-XX:+ExitOnOutOfMemoryError",
            f"-Djava.io.tmpdir={folder / 'tmp'}",
            *("-jar", str(jar)),
            *("-ip", HOST, "-web_ip", HOST, "-port", str(self.port), "-flatfile", "members"),
            *("-name", f"tablee-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"),
            # Paths are relative to the working directory: H2O reads them as URIs, and spaces are not allowed there.
            *("-ice_root", "ice", "-log_dir", str(self._home.logs / "h2o"), "-flow_dir", "flows"),
            *("-log_level", "WARN"),
        )
        return Launch(command, {}, folder, scratch=(folder / "tmp", folder / "ice"))

    @classmethod
    def probe(cls, http: httpx.Client, url: str) -> Reason:
        """An empty text if the cluster at that URL has one healthy node of the pinned version, else the reason."""
        cloud, fault = asked(http, f"{url}{cls.health}")
        if fault or not isinstance(cloud, Mapping):
            return fault or Message("probe.no_h2o", {"url": url})
        if (version := cloud.get("version")) != H2O_VERSION:
            return Message("probe.other_h2o", {"url": url, "version": version, "needed": H2O_VERSION})
        if not cloud.get("cloud_healthy") or cloud.get("cloud_size") != 1:
            return Message("probe.incomplete_h2o", {"url": url})
        return ""
