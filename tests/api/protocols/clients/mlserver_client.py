"""MLServer's codecs: a data frame as a request, an answer as a data frame."""

from __future__ import annotations

import json
import sys

import pandas as pd
import requests
from mlserver.codecs import PandasCodec
from mlserver.types import InferenceResponse


def main() -> None:
    asked = json.load(sys.stdin)
    url = f"http://{asked['host']}:{asked['port']}/v2/models/{asked['model']}/infer"
    frame = pd.DataFrame(asked["columns"])
    texts = frame.select_dtypes("object").columns
    frame[texts] = frame[texts].fillna("")  # its codec cannot carry a text that is missing
    request = PandasCodec.encode_request(frame, use_bytes=False)
    answer = requests.post(
        url, data=request.model_dump_json(), headers={"content-type": "application/json"}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    frame = PandasCodec.decode_response(InferenceResponse.model_validate_json(answer.text))
    kinds = sorted({str(tensor.parameters.content_type) for tensor in request.inputs if tensor.parameters})
    json.dump({"about": kinds, "columns": frame.to_dict(orient="list")}, sys.stdout)


main()
