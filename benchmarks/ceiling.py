"""The ceiling: a bare ASGI app that parses the JSON body and answers the same bytes, under uvicorn with the options of
our own server: `python -m benchmarks.ceiling ANSWER_FILE`, on the inherited socket TABLEE_LISTEN_FD."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import orjson
import uvicorn
import uvloop


def create_app(answer: bytes) -> Any:
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())],
    }
    body = {"type": "http.response.body", "body": answer}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        content = message["body"]
        while message.get("more_body"):
            message = await receive()
            content += message["body"]
        if content:
            orjson.loads(content)
        await send(start)
        await send(body)

    return app


def main() -> None:
    listener = socket.socket(fileno=int(os.environ["TABLEE_LISTEN_FD"]))
    config = uvicorn.Config(
        create_app(Path(sys.argv[1]).read_bytes()),
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=120,
    )
    uvloop.run(uvicorn.Server(config).serve([listener]))


if __name__ == "__main__":
    main()
