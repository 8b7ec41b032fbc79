"""Files that are written aside and moved into a folder that many processes fill."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from ..errors import OutputError
from .hashes import sha256_of_file


class FileRecord(TypedDict):
    """What a manifest says of a file."""

    path: str
    """Within the folder, with forward slashes."""
    size: int
    """In bytes."""
    sha256: str


def record_file(path: Path, root: Path) -> FileRecord:
    """Return what a manifest says of a file below `root`.

    Raises
    ------
    OSError
        The file can't be read.

    Examples
    --------
    >>> _ = Path("image.txt").write_text("bone")
    >>> record_file(Path("image.txt"), Path())["size"]
    4
    """
    return {
        "path": path.relative_to(root).as_posix(),
        "size": path.stat().st_size,
        "sha256": sha256_of_file(path),
    }


def move_into_place(staged: Path, root: Path) -> list[FileRecord]:
    """Move everything below `staged` to the same place below `root`; return the record of each file.

    A folder that is not there yet moves as a whole, so that what has a folder of its own is there with all of
    its files or not at all. Entries move in falling order of their names.

    Raises
    ------
    OutputError
        If a place below `root` is a link: nothing is written outside of it.
    OSError
        If something can't be moved.

    Examples
    --------
    >>> for folder in ("staged/train", "set"):
    ...     Path(folder).mkdir(parents=True)
    >>> _ = Path("staged/train/image.txt").write_text("bone")
    >>> [(record["path"], record["size"]) for record in move_into_place(Path("staged"), Path("set"))]
    [('train/image.txt', 4)]
    >>> Path("set/train/image.txt").read_text()
    'bone'
    """
    records = [record_file(path, staged) for path in sorted(staged.rglob("*")) if path.is_file()]
    _move_entries(staged, root)
    return records


def _move_entries(source: Path, target: Path) -> None:
    for entry in sorted(source.iterdir(), reverse=True):
        place = target / entry.name
        if place.is_symlink():
            raise OutputError(f"{place} is a link: remove it. Nothing is written outside of the folder.")
        if entry.is_dir() and place.is_dir():
            _move_entries(entry, place)
        else:
            entry.replace(place)
