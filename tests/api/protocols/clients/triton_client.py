"""NVIDIA's client for HTTP: tensors in JSON and in binary."""

from __future__ import annotations

import json
import sys

import numpy as np
import tritonclient.http as triton


def main() -> None:
    asked = json.load(sys.stdin)
    client = triton.InferenceServerClient(f"{asked['host']}:{asked['port']}")
    name = asked["model"]
    metadata = client.get_model_metadata(name)
    about = [
        client.is_server_live(),
        client.is_server_ready(),
        client.is_model_ready(name),
        client.is_model_ready(name, "1"),
        client.get_server_metadata()["name"],
        [entry["name"] for entry in client.get_model_repository_index()],
        metadata["name"],
    ]
    found = {}
    for way in ("binary", "json"):
        inputs = []
        for tensor in metadata["inputs"]:
            cells = asked["columns"][tensor["name"]]
            is_text = tensor["datatype"] == "BYTES"
            values = np.array(["" if cell is None else cell for cell in cells], dtype=object) if is_text else None
            array = np.array(cells, dtype=np.float64) if values is None else values
            each = triton.InferInput(tensor["name"], list(array.shape), tensor["datatype"])
            each.set_data_from_numpy(array, binary_data=way == "binary")
            inputs.append(each)
        outputs = [triton.InferRequestedOutput(each["name"], binary_data=False) for each in metadata["outputs"]]
        result = client.infer(name, inputs, outputs=None if way == "binary" else outputs, request_id="7")
        assert result.get_response()["id"] == "7"
        arrays = {each["name"]: result.as_numpy(each["name"]) for each in metadata["outputs"]}
        found[way] = {
            key: [each.decode() if isinstance(each, bytes) else each for each in array.tolist()]
            for key, array in arrays.items()
        }
    assert found["binary"] == found["json"]
    try:
        client.infer("nobody", inputs)
    except triton.InferenceServerException as error:
        about.append(error.message())
    json.dump({"about": about, "columns": found["binary"]}, sys.stdout)


main()
