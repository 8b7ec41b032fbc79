"""The secret from which the UIDs of a data set's DICOM files follow.

It lies in the folder as long as the work goes on, so that every worker makes the same UIDs, and goes with the
rest of what is needed meanwhile: nobody can tell then which film a UID belongs to (PS3.15, E.1.1).
"""

from __future__ import annotations

import secrets

from ...errors import InputError, OutputError
from ...files import output_file
from ..plan.dataset_paths import DatasetPaths

_FEWEST_BYTES = 16


def keep_uid_key(paths: DatasetPaths, given: bytes | None) -> None:
    """Draw the key of a data set that begins, or take the one that is given.

    Raises
    ------
    InputError
        If a key is given that is too short, or another one than at the beginning.
    OutputError
        If it can't be written.
    """
    if given is not None and len(given) < _FEWEST_BYTES:
        raise InputError(f"A key of UIDs needs {_FEWEST_BYTES} bytes or more, not {len(given)}.")
    if not paths.uid_key.exists():
        with output_file(paths.uid_key) as place:
            place.write_text((given or secrets.token_bytes(32)).hex(), encoding="ascii")
    elif given is not None and read_uid_key(paths) != given:
        raise InputError(f"{paths.root} was begun with another key of UIDs: give that one, or none.")


def read_uid_key(paths: DatasetPaths) -> bytes:
    """Return the key of a data set on which somebody works.

    Raises
    ------
    OutputError
        If it is missing or damaged.
    """
    try:
        return bytes.fromhex(paths.uid_key.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{paths.uid_key} is missing or damaged: remove {paths.root}, and make the data set again."
        ) from error
