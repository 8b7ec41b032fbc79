"""Strict JSON: what is not a number is null, and every reader can read it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError

_PLAIN = (str, int, bool)
"""Types that JSON has as they are; most of what is written is of these."""
_DEEPEST = 64
"""Lists and objects within each other; what is written here has less than ten."""
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as indented UTF-8 JSON with a line break at its end; NaN and infinity become null.

    Bytes of a file's name that are no text are written as JSON's escapes.

    Raises
    ------
    TypeError
        A value of a type that JSON can't hold is in it; see `plain`.

    Examples
    --------
    >>> write_json("jsw.json", {"mean": np.float32(1.5), "minimum": float("nan")})
    >>> json.loads(Path("jsw.json").read_text())
    {'mean': 1.5, 'minimum': None}
    """
    Path(path).write_bytes((json_text(value) + "\n").encode("utf-8", "backslashreplace"))


def read_json(path: str | Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    InputError
        If the file can't be read, is no JSON, or is nested deeper than any that is written here.

    Examples
    --------
    >>> _ = Path("jsw.json").write_text("[" * 100000)
    >>> read_json("jsw.json")
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.InputError: jsw.json can't be read: it is no JSON (nested too deeply).
    """
    try:
        return parse_json(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{path} can't be read: it is no JSON ({error}).") from error


def parse_json(text: str) -> Any:
    """Return what a text holds, as `json.loads` does.

    A text that is nested too deeply is told before it is parsed: whatever runs at the end of Python's stack,
    the garbage collector's callbacks among it, fails as well.

    Raises
    ------
    ValueError
        If it is no JSON, or is nested deeper than any that is written here.

    Examples
    --------
    >>> parse_json('{"unit": "mm"}')
    {'unit': 'mm'}
    """
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
    return json.loads(text)


def json_text(value: Any) -> str:
    """Return strict, indented JSON of dicts, sequences, arrays, enums and plain or numpy scalars.

    Raises
    ------
    TypeError
        A value of another type is in it.
    """
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False)


def json_line(value: Any) -> str:
    """Return the same on one line of ASCII, for tables, logs and text chunks of image files.

    Examples
    --------
    >>> json_line({"name": "MCP2", "widths": (1, 2.5)})
    '{"name":"MCP2","widths":[1,2.5]}'
    """
    return json.dumps(plain(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Return `value` in JSON's own types; what is not finite becomes None.

    Examples
    --------
    >>> plain({1: np.arange(3), "x": float("inf")})
    {'1': [0, 1, 2], 'x': None}
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): item if type(item) in _PLAIN else plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(item) for item in value]
    return value
