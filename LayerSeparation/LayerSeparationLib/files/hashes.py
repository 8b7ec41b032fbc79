"""Checksums of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

_CHUNK_BYTES = 1 << 20


def sha256_of_file(path: str | Path) -> str:
    """Return the sha256 of a file's content in hexadecimal, read piece by piece.

    Raises
    ------
    OSError
        If the file can't be read.

    Examples
    --------
    >>> Path("empty").touch()
    >>> sha256_of_file("empty")[:12]
    'e3b0c44298fc'
    """
    found = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            found.update(piece)
    return found.hexdigest()
