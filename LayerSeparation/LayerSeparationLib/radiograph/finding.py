"""Finding the radiographs in files and folders."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError
from .file_format import format_of, suffix_format
from .own_output import is_data_set, is_own_result

_log = logging.getLogger(__name__)
_MOST_NAMED = 3


class _Found(NamedTuple):
    radiographs: list[Path]
    own_output: list[Path]
    """Files and whole folders that this library wrote."""


def find_radiographs(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    tell: Callable[[str], None] | None = None,
) -> list[Path]:
    """List the image files among files and folders.

    Files are kept in the order given, whatever their name and content: reading them says what is wrong with
    them. Folders are searched with all their subfolders, in the order of names, without hidden files and
    folders; in them a file counts if its name ends as one of the supported formats does, or if it is DICOM by
    its content. What this library wrote (layers, masks, synthetic images, data sets) does not count, but for
    the films of phantoms, which are made to be worked with.

    Parameters
    ----------
    paths
        Files and folders.
    tell
        Receives one line for each given folder in which something was left out because this library wrote
        it; by default it goes to the log as a warning.

    Returns
    -------
    list of Path
        Each file once.

    Raises
    ------
    InputError
        If a path does not exist, a folder holds no image, or nothing was given.

    Examples
    --------
    >>> for name in ("b.png", "a.dcm", "notes.txt"):
    ...     Path(name).touch()
    >>> [path.name for path in find_radiographs(".")]
    ['a.dcm', 'b.png']
    """
    tell = tell or _log.warning
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise InputError("No radiograph was given: name at least one file or folder.")
    radiographs: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            found = _search(path)
            if not found.radiographs:
                raise InputError(_explain_nothing_found(path, found.own_output))
            if found.own_output:
                tell(f"{path}: left out what LayerSeparation wrote: {_list_names(path, found.own_output)}.")
            radiographs.extend(found.radiographs)
        elif path.exists():
            radiographs.append(path)
        else:
            raise InputError(f"{path}: there is no such file or folder. Check the path.")
    return list(dict.fromkeys(radiographs))


def _search(folder: Path) -> _Found:
    """Search a folder; where all that it holds is this library's output, the folder stands for it."""
    if is_data_set(folder):
        return _Found([], [folder])
    found = _Found([], [])
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if not path.is_symlink():  # a link may lead in a circle
                inside = _search(path)
                found.radiographs.extend(inside.radiographs)
                found.own_output.extend(inside.own_output)
        elif path.is_file() and (suffix_format(path) or _is_dicom(path)):
            (found.own_output if is_own_result(path) else found.radiographs).append(path)
    return found if found.radiographs or not found.own_output else _Found([], [folder])


def _is_dicom(path: Path) -> bool:
    """Tell a DICOM file without an extension; a DICOMDIR is an index, not an image."""
    try:
        return path.name.upper() != "DICOMDIR" and format_of(path) == "DICOM"
    except InputError:
        return False


def _explain_nothing_found(folder: Path, own_output: list[Path]) -> str:
    if own_output:
        return (
            f"{folder}: all images in this folder were written by LayerSeparation; they are results, not "
            "radiographs. Name a file to have it read all the same."
        )
    return f"{folder}: this folder holds no radiograph (DICOM, PNG, JPEG, TIFF, BMP, NRRD, NIfTI, MetaImage)."


def _list_names(folder: Path, paths: list[Path]) -> str:
    names = [str(path.relative_to(folder)) for path in paths[:_MOST_NAMED]]
    more = len(paths) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
