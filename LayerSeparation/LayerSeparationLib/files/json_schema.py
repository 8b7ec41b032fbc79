"""JSON values against the JSON schemas (https://json-schema.org, draft 2020-12) that ship with the rooms."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_MOST_PROBLEMS = 5


def validate_json(value: Any, schema: Path) -> None:
    """Check a value in JSON's own types against a schema.

    Where the package jsonschema is missing (3D Slicer's Python may not have it), nothing is checked: callers
    look at the format and its version themselves.

    Parameters
    ----------
    value
        What `json.loads` or `plain` returned.
    schema
        File of the schema; read and compiled once.

    Raises
    ------
    InputError
        The value is not what the schema describes; the message names every key and what is wrong with it.

    Examples
    --------
    >>> schema = Path("length.json")
    >>> _ = schema.write_text('{"properties": {"mean_mm": {"type": "number"}}, "required": ["mean_mm"]}')
    >>> validate_json({"mean_mm": 1.5}, schema)
    >>> validate_json({"mean_mm": "1.5"}, schema)
    Traceback (most recent call last):
    LayerSeparationLib.errors.InputError: mean_mm: '1.5' is not of type 'number'
    """
    try:
        validator = _validator(schema)
    except ImportError:
        return
    if validator.is_valid(value):
        return
    problems = sorted(validator.iter_errors(value), key=lambda error: error.json_path)
    told = [_describe_problem(error) for error in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        told.append(f"and {len(problems) - _MOST_PROBLEMS} more")
    raise InputError("; ".join(told))


@lru_cache
def _validator(schema: Path) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _describe_problem(error: ValidationError) -> str:
    where = error.json_path.removeprefix("$").removeprefix(".")
    what = error.message
    if error.validator == "pattern" and isinstance(error.schema, dict) and "description" in error.schema:
        # A pattern says to few readers what it is for.
        what = f"{error.instance!r} is no {error.schema['description']}"
    return f"{where}: {what}" if where else what
