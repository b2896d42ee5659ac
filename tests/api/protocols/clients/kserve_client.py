"""KServe's client, in both of its protocols."""

from __future__ import annotations

import asyncio
import json
import sys

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig


async def main() -> None:
    asked = json.load(sys.stdin)
    url, name, columns = f"http://{asked['host']}:{asked['port']}", asked["model"], asked["columns"]
    v1, v2 = InferenceRESTClient(RESTConfig(protocol="v1")), InferenceRESTClient(RESTConfig(protocol="v2"))
    about = [
        await v1.is_server_live(url),
        await v1.is_model_ready(url, name),
        await v2.is_server_live(url),
        await v2.is_server_ready(url),
        await v2.is_model_ready(url, name),
    ]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    first = (await v1.infer(url, {"instances": rows}, name))["predictions"]
    explained = await v1.explain(url, name, {"instances": rows[:2]})
    about.append(len(explained["explanations"]))
    found = {}
    for binary in (True, False):
        inputs = []
        for key, cells in columns.items():
            is_text = any(isinstance(cell, str) for cell in cells)
            array = np.array(["" if cell is None else cell for cell in cells], dtype=object) if is_text else None
            numbers = np.array(cells, dtype=np.float64) if array is None else array
            each = InferInput(key, [len(cells)], "BYTES" if is_text else "FP64")
            each.set_data_from_numpy(numbers, binary_data=binary)
            inputs.append(each)
        parameters = {"binary_data_output": True} if binary else {}
        request = InferRequest(name, inputs, parameters=parameters)
        answer = await v2.infer(url, request, name)
        found[binary] = {
            each.name: [cell.decode() if isinstance(cell, bytes) else cell for cell in each.as_numpy().tolist()]
            for each in answer.outputs
        }
    assert found[True] == found[False]
    assert [each["prediction"] for each in first] == found[True]["prediction"]
    labels = list(first[0]["probabilities"])
    for label in labels:
        assert [each["probabilities"][label] for each in first] == found[True][f"probability_{label}"]
    try:
        await v2.infer(url, request, "nobody")
    except httpx.HTTPStatusError as error:
        about.append(str(error))
    json.dump({"about": about, "columns": found[True]}, sys.stdout)


asyncio.run(main())
