"""`film.json`: what was done to the joints of a film; `schemas/film-record-1.json` describes every key.

As in a joint's record there is no patient identifier and no path.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import plain, read_json
from ..synthesis import SyntheticFilm
from ..version import __version__
from .film_segments import name_bones
from .record import check_record, describe_joint, source_name, validate_joint_record

FORMAT = "LayerSeparation film record 1"
SCHEMA = Path(__file__).parent / "schemas" / "film-record-1.json"


def describe_film(film: SyntheticFilm) -> dict[str, Any]:
    """Return the record of a film, in JSON's own types: its bones, and the record of each of its joints.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_hand, synthesize_film
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> layers = Separator("cpu").separate(hand.radiograph, hand.joints["PIP2"].pose)
    >>> record = describe_film(synthesize_film([layers], [GapEdit(change=-0.2)]))
    >>> [bone["segment"] for bone in record["bones"]], record["joints"][0]["edit"]["change"]
    (['Middle phalanx 2', 'Proximal phalanx 2'], -0.2)
    """
    record: dict[str, Any] = plain(
        {
            "format": FORMAT,
            "version": __version__,
            "synthetic": film.is_synthetic,
            "source": source_name(film.radiograph),
            "spacing": film.radiograph.spacing.as_json(),
            "bones": [
                {"segment": name, "side": bone.key.side, "joints": bone.joints}
                for name, bone in zip(name_bones(film), film.bones, strict=True)
            ],
            "joints": [describe_joint(joint) for joint in film.joints],
        }
    )
    return record


def read_film_record(path: str | Path) -> dict[str, Any]:
    """Read and check the record of a film.

    Raises
    ------
    InputError
        The file is missing, not JSON, or not a record; the message names the key.
    """
    try:
        record = read_json(path)
        validate_film_record(record)
    except InputError as error:
        raise InputError(f"{path} can't be read as a film record: {error}") from error
    return dict(record)


def validate_film_record(record: Mapping[str, Any]) -> None:
    """Check a record's format, what its schema describes, and the record of each joint.

    Raises
    ------
    InputError
        It is not a record of this format; or a key is missing, unknown, or can't have its value.
    """
    check_record(record, "film record", FORMAT, SCHEMA)
    for joint in record["joints"]:
        _validate_joint(joint)


def _validate_joint(joint: Mapping[str, Any]) -> None:
    try:
        validate_joint_record(joint)
    except InputError as error:
        raise InputError(f"joint {joint.get('joint')}: {error}") from error
