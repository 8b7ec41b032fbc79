"""``plan.json``: the plan as the folder of a data set has it."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError, OutputError
from ...files import output_file, parse_json, validate_json, write_json
from .plan import Plan, refuse_other_version

PLAN_SCHEMA = Path(__file__).parents[1] / "schemas" / "plan-4.json"


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan; the file is complete or not there.

    Raises
    ------
    OutputError
        If there is a file already, or it can't be written.
    """
    with output_file(path) as place:
        write_json(place, plan.as_json())


def read_plan(path: Path, *, check_schema: bool = True) -> Plan:
    """Return the plan of `write_plan`.

    Parameters
    ----------
    path
        Of the file.
    check_schema
        Whether to check it against its schema (0.1 ms a joint); needless where its fingerprint is known.

    Raises
    ------
    OutputError
        If there is none, or it can't be used: it is damaged, or of another version.

    Examples
    --------
    >>> read_plan(Path("nothing.json"))
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.OutputError: nothing.json can't be read as the plan of a data set: ...
    """
    try:
        return parse_plan(path.read_text(encoding="utf-8"), check_schema=check_schema)
    except (OSError, UnicodeDecodeError, InputError) as error:
        raise OutputError(f"{path} can't be read as the plan of a data set: {error}.") from error


def parse_plan(text: str, *, check_schema: bool = True) -> Plan:
    """Return the plan that the content of a file holds; see `read_plan`.

    Raises
    ------
    InputError
        If it is none, or of another version.
    """
    try:
        values = parse_json(text)
    except ValueError as error:
        raise InputError(f"it is no JSON: {error}") from error
    # Told before the schema is asked: to a person, 'of another version' says more than a key that is unknown.
    refuse_other_version(values)
    if check_schema:
        validate_json(values, PLAN_SCHEMA)
    return Plan.from_json(values)
