"""The tensors of the Open Inference Protocol, in JSON and in Triton's binary form, from and to columns."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from tablee.errors import InvalidRequest
from tablee.errors.causes import quoted
from tablee.errors.cells import shorten
from tablee.models.contract import Contract, NumberColumn
from tablee.models.validation.checked_columns import Values
from tablee_api.codecs.table import ColumnTable

_DTYPES = {
    "BOOL": "?",
    **{f"INT{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": f"<f{bits // 8}" for bits in (16, 32, 64)},
}
_CONTENT_TYPES = (None, "np", "pd", "str")
"""The content types of MLServer whose values need no conversion."""
_LENGTH = struct.Struct("<I")


def columns(tensors: Any, binary: memoryview, contract: Contract) -> ColumnTable:
    """A tensor of shape [n] or [n, 1] per column; or, where all columns are numbers, one of shape [n, columns].

    In numbers NaN stands for a missing value, and so does null in JSON.

    :param binary: the bytes behind the JSON, tensor after tensor.
    :raises InvalidRequest: a tensor that is none of these, or binary data too short or too long.
    """
    if type(tensors) is not list or not tensors:
        raise InvalidRequest("inputs_no_list", value=shorten(tensors))
    found: dict[str, Values] = {}
    first, rows, start = "", 0, 0
    for tensor in tensors:
        name, shape = _described(tensor)
        size = _parameter(tensor, "binary_data_size")
        if size is None:
            values = _from_json(tensor, name, math.prod(shape))
        else:
            if type(size) is not int or not 0 <= size <= len(binary) - start:
                raise InvalidRequest("tensor_bytes", tensor=name, size=shorten(size), left=len(binary) - start)
            values = _from_binary(tensor["datatype"], name, binary[start : start + size], math.prod(shape))
            start += size
        if name in found:
            raise InvalidRequest("tensor_twice", tensor=name)
        if len(shape) == 2 and shape[1] != 1:
            if len(tensors) > 1:
                raise InvalidRequest("matrix_among_others", tensor=name, shape=str(shape), rows=shape[0])
            found |= _split_matrix(values, shape, contract)
        else:
            found[name] = values
        if first and shape[0] != rows:
            raise InvalidRequest("tensor_rows", tensor=name, rows=shape[0], first=first, expected=rows)
        first, rows = first or name, shape[0]
    if start != len(binary):
        raise InvalidRequest("bytes_after_tensors", left=len(binary) - start)
    return ColumnTable(found, rows)


def _described(tensor: Any) -> tuple[str, list[int]]:
    """The name and shape of a tensor."""
    if type(tensor) is not dict or type(name := tensor.get("name")) is not str:
        raise InvalidRequest("tensor_no_object", value=shorten(tensor))
    if tensor.get("datatype") not in (*_DTYPES, "BYTES"):
        given, known = shorten(tensor.get("datatype")), [*_DTYPES, "BYTES"]
        raise InvalidRequest("tensor_datatype", tensor=name, value=given, known=known)
    shape = tensor.get("shape")
    if type(shape) is not list or len(shape) not in (1, 2) or not all(type(n) is int and n >= 0 for n in shape):
        raise InvalidRequest("tensor_shape", tensor=name, value=shorten(shape))
    if (content_type := _parameter(tensor, "content_type")) not in _CONTENT_TYPES:
        raise InvalidRequest("tensor_content_type", tensor=name, value=shorten(content_type))
    return name, shape


def _parameter(tensor: dict[str, Any], name: str) -> Any:
    parameters = tensor.get("parameters")
    return parameters.get(name) if type(parameters) is dict else None


def _from_json(tensor: dict[str, Any], name: str, count: int) -> Values:
    data = tensor.get("data")
    if type(data) is not list:
        raise InvalidRequest("tensor_data", tensor=name, value=shorten(data))
    if any(type(each) is list for each in data):  # nested like the shape
        data = [each for inner in data for each in (inner if type(inner) is list else [inner])]
    if len(data) != count:
        raise InvalidRequest("tensor_values", tensor=name, values=len(data), expected=count)
    if tensor["datatype"] in ("FP16", "FP32") and all(each is None or type(each) in (int, float) for each in data):
        with np.errstate(over="ignore"):
            return _numbers(np.array(data, dtype=np.float64).astype(_DTYPES[tensor["datatype"]]))
    return data


def _from_binary(datatype: str, name: str, data: memoryview, count: int) -> Values:
    if datatype == "BYTES":
        return _texts(name, data, count)
    dtype = np.dtype(_DTYPES[datatype])
    if len(data) != count * dtype.itemsize:
        raise InvalidRequest("tensor_size", tensor=name, size=len(data), expected=count * dtype.itemsize)
    if datatype == "BOOL":
        return pl.Series(np.frombuffer(data, np.uint8) != 0)
    return _numbers(np.frombuffer(data, dtype))


def _numbers(values: np.ndarray[Any, np.dtype[Any]]) -> pl.Series:
    return pl.Series(values.astype(np.float64), nan_to_null=True)


def _texts(name: str, data: memoryview, count: int) -> list[str]:
    """Texts, each preceded by its length in bytes."""
    texts, at = [], 0
    try:
        while at < len(data):
            start = at + _LENGTH.size
            at = start + _LENGTH.unpack_from(data, at)[0]
            texts.append(str(data[start:at], "utf-8"))
    except (struct.error, UnicodeDecodeError) as error:
        raise InvalidRequest("broken_texts", tensor=name, texts=len(texts), error=quoted("Python", error)) from None
    if len(texts) != count or at != len(data):
        raise InvalidRequest("tensor_texts", tensor=name, texts=len(texts), expected=count)
    return texts


def _split_matrix(values: Values, shape: list[int], contract: Contract) -> dict[str, Values]:
    """A matrix as the columns of the contract."""
    rows, width = shape
    texts = [column.name for column in contract.columns if not isinstance(column, NumberColumn)]
    if texts:
        raise InvalidRequest("matrix_of_texts", rows=rows, width=width, column=texts[0])
    if width != len(contract.names):
        raise InvalidRequest("matrix_width", rows=rows, width=width, columns=len(contract.names))
    if isinstance(values, pl.Series):
        return {name: values.gather_every(width, at) for at, name in enumerate(contract.names)}
    return {name: values[at::width] for at, name in enumerate(contract.names)}


def encoded(name: str, values: Sequence[Any], *, binary: bool) -> tuple[dict[str, Any], bytes]:
    """A column of float64 or texts as a tensor, and its bytes behind the JSON."""
    numeric = isinstance(values, np.ndarray)
    tensor: dict[str, Any] = {"name": name, "datatype": "FP64" if numeric else "BYTES", "shape": [len(values)]}
    if not binary:
        return tensor | {"data": values}, b""
    if numeric:
        data = np.asarray(values, dtype="<f8").tobytes()
    else:
        data = b"".join(_LENGTH.pack(len(text)) + text for text in (str(value).encode() for value in values))
    return tensor | {"parameters": {"binary_data_size": len(data)}}, data
